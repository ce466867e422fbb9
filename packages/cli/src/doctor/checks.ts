import { mkdtemp, rm, statfs } from "node:fs/promises";
import { availableParallelism, freemem, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { createChainReader, verifyNetwork } from "@cortensor/chain";
import { chooseModelFit, detectHardware, embeddedModels, readGgufHeader } from "@cortensor/engine";
import { hasCode } from "@cortensor/protocol";
import { pickFreePort, startPostgres } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { EMPTY_STATE, readHomeState } from "../home/homeState.js";
import { readFileIfThere } from "../home/writeFileWhole.js";
import { findNetwork, openClient } from "../networkAccess.js";
import { LOCAL_CHAIN_ID, startLocalChain } from "../startChain.js";
import { verifierAdvice } from "../verifierAdvice.js";

export type Finding = { readonly verdict: "good" | "warn" | "bad"; readonly says: string };
export type Check = { readonly name: string; readonly check: (context: CommandContext) => Promise<Finding> };

const GIGABYTE = 1_000_000_000;
/** A network's data, logs and one small model. */
const DISK_FREE_BYTES = 2 * GIGABYTE;
/** A whole local network with the embedded model. */
const MEMORY_BYTES = 1.5 * GIGABYTE;

/** In the order in which a start needs them. Each looks at the real thing: Postgres and the chain are started and ended. */
export const CHECKS: readonly Check[] = [
  { name: "node", check: checkNode },
  { name: "memory", check: checkMemory },
  { name: "disk", check: checkDisk },
  { name: "ports", check: checkPorts },
  { name: "engine", check: checkEngine },
  { name: "chain", check: checkChain },
  { name: "postgres", check: checkPostgres },
  { name: "network", check: checkNetwork },
];

async function checkNode(): Promise<Finding> {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew ? good(`Node ${node}`) : bad(`Node ${node} is too old: 20.19 or newer is needed`);
}

async function checkMemory(): Promise<Finding> {
  const says = `${gigabytes(freemem())} free of ${gigabytes(totalmem())}, ${availableParallelism()} cores`;
  return totalmem() < MEMORY_BYTES ? warn(`${says}: a whole network wants ${gigabytes(MEMORY_BYTES)}`) : good(says);
}

async function checkDisk({ paths }: CommandContext): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestFolder(paths.home));
  const free = bavail * bsize;
  const says = `${gigabytes(free)} free for ${paths.home}`;
  return free < DISK_FREE_BYTES ? bad(`${says}: ${gigabytes(DISK_FREE_BYTES)} are needed`) : good(says);
}

async function nearestFolder(path: string): Promise<string> {
  const found = await statfs(path).then(
    () => true,
    () => false,
  );
  return found ? path : nearestFolder(dirname(path));
}

async function checkPorts({ paths }: CommandContext): Promise<Finding> {
  const { ports } = await readHomeState(paths.state).catch(() => EMPTY_STATE);
  const wanted = [ports.http ?? 8080, ports.rpc ?? 8545];
  const free = await Promise.all(wanted.map(async (port) => (await pickFreePort(port)) === port));
  const taken = wanted.filter((_port, index) => free[index] === false);
  if (taken.length === 0) return good(`${wanted.join(" and ")} are free`);
  return warn(`${taken.join(" and ")} taken, by a running network or something else; a start would choose others`);
}

async function checkEngine(): Promise<Finding> {
  const probe = await detectHardware();
  const { chat } = await embeddedModels();
  const { quantisation, fileBytes, kvBytesPerToken, contextTokens } = await readGgufHeader(chat.path);
  const fit = chooseModelFit(probe, [{ quantisation, fileBytes, kvBytesPerToken, contextTokensMax: contextTokens }]);
  if (fit.kind === "refused") return bad(fit.reason);
  const says = `${probe.enginePackage ?? "no package"} on ${fit.device}; ${chat.model} ${quantisation} fits with ${fit.contextTokens} tokens × ${fit.slots}`;
  return fit.advice === undefined ? good(says) : warn(`${says}. ${fit.advice}`);
}

async function checkChain({ log: createLog }: CommandContext): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-doctor-"));
  const log = createLog("chain");
  try {
    const port = await pickFreePort();
    const line = (text: string) => log.info("Tool", { line: text });
    const chain = await startLocalChain({
      chainId: LOCAL_CHAIN_ID,
      port,
      statePath: join(folder, "state.json"),
      log: line,
    });
    await chain.stop();
    return good("anvil starts and answers");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkPostgres(): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-doctor-"));
  try {
    const postgres = await startPostgres({ folder });
    await postgres.stop();
    return good("Postgres starts and answers");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkNetwork(context: CommandContext): Promise<Finding> {
  if ((await readFileIfThere(context.paths.profile)) === undefined) return good("none in this home yet");
  const { profile } = await findNetwork(context, undefined);
  const fault = await verifyNetwork(createChainReader({ profile })).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (hasCode(fault, "CHAIN_WRONG_ID")) return bad(`${profile.name}: ${fault.message}`);
  if (fault !== undefined) return warn(`${profile.name}: its chain doesn't answer; is the network running?`);
  const network = await openClient(context, {}).then((client) => client.network());
  const chains = profile.home === undefined ? "chain" : `chains ${profile.chainId} and ${profile.home.chainId}`;
  const says = `${profile.name}: ${chains} and router answer, ${countOf(network.miners.length, "miner")} connected`;
  const advice = verifierAdvice(network);
  return advice === undefined ? good(says) : warn(`${says}. ${advice}`);
}

function good(says: string): Finding {
  return { verdict: "good", says };
}
function warn(says: string): Finding {
  return { verdict: "warn", says };
}
function bad(says: string): Finding {
  return { verdict: "bad", says };
}

function gigabytes(bytes: number): string {
  return `${(bytes / GIGABYTE).toFixed(1)} GB`;
}
