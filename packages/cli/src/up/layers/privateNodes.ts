import { join } from "node:path";
import {
  addVerifier,
  createChainWriter,
  formatProfile,
  type NetworkProfile,
  parseProfile,
  readIsVerifier,
} from "@cortensor/chain";
import { pickFreePort } from "@cortensor/runtime";
import type { PlanPlace } from "../../chains/planPlace.js";
import { CliError } from "../../cliError.js";
import { ensureRegistered, ensureStake } from "../../enrolNode.js";
import { openFaucet } from "../../faucet.js";
import type { Keystore, OpenedKey, OpenedSealingKey } from "../../home/keystore.js";
import { readFileIfThere, writeFileWhole } from "../../home/writeFileWhole.js";
import { ENTRY, type LocalParts } from "../localChildren.js";
import { type SupervisedChild, superviseChild } from "../superviseChild.js";

const COR = 10n ** 18n;
/** Of the thousand that `chain serve` gives each account of a plan. */
const BOND_WEI = 100n * COR;
const STAKE_WEI = 100n * COR;

/** Who is who in the local L3. Its nodes' keys are theirs on the L2 too: no word of one chain says anything on another. */
export type PrivateKeys = {
  readonly owner: OpenedKey;
  readonly member: OpenedKey;
  readonly operator: OpenedKey;
  readonly router: OpenedKey;
  readonly minerOwner: OpenedKey;
  readonly miner: OpenedKey;
  readonly sealing: OpenedSealingKey;
  /** Those that the network's list has as nodes. */
  readonly nodes: readonly OpenedKey[];
};

export async function openPrivateKeys(keystore: Keystore): Promise<PrivateKeys> {
  const owner = await keystore.openOrCreate("l3-owner");
  const member = await keystore.openOrCreate("l3-member");
  const operator = await keystore.openOrCreate("operator");
  const router = await keystore.openOrCreate("router");
  const minerOwner = await keystore.openOrCreate("miner-1-operator");
  const miner = await keystore.openOrCreate("miner-1");
  const sealing = await keystore.openOrCreateSealing("miner-1-sealing");
  return { owner, member, operator, router, minerOwner, miner, sealing, nodes: [operator, router, minerOwner, miner] };
}

type PrivateNodes = { readonly keys: PrivateKeys; readonly chainUrl: string; readonly place: PlanPlace };

/** Enrols a router and a miner of the private network, and runs them: another process each, with data of its own. Resolves to the router's URL. */
export async function startPrivateNodes(parts: LocalParts, of: PrivateNodes): Promise<string> {
  const { options } = parts;
  const { keys, place } = of;
  const profile = await readOwnProfile(of);
  const file = join(place.folder, "nodes.json");
  await writeFileWhole(file, formatProfile(profile));
  const port = await pickFreePort();
  await enrol(profile, keys, `http://127.0.0.1:${port}`);
  const home = join(place.folder, "home");
  const router = startChild(parts, {
    name: "l3-router",
    args: ["--home", home, "router"],
    env: {
      ROUTER_PORT: String(port),
      ROUTER_PROFILE: file,
      ROUTER_SIGNER_KEY: keys.router.key.expose(),
      ROUTER_OPERATOR: keys.operator.address,
      ROUTER_FINALITY_BLOCKS: "1",
      ROUTER_CHAIN_POLL: "1s",
      ROUTER_SINK_PRIVATE: "true",
    },
  });
  const miner = startChild(parts, {
    name: "l3-miner",
    args: ["--home", home, "miner", ...options.minerArgs],
    env: {
      MINER_PROFILE: file,
      MINER_SIGNER_KEY: keys.miner.key.expose(),
      MINER_SEALING_KEY: keys.sealing.key.expose(),
      MINER_OPERATOR_KEY: keys.minerOwner.key.expose(),
      MINER_ROUTERS: `ws://127.0.0.1:${port}/wire`,
      MINER_OUTBOX: join(place.folder, "outbox"),
    },
  });
  await Promise.all([router.ready, miner.ready]);
  return `http://127.0.0.1:${port}`;
}

/** The network as its own nodes on this machine have it: they need no door. */
async function readOwnProfile({ place, chainUrl }: PrivateNodes): Promise<NetworkProfile> {
  const text = await readFileIfThere(place.profile);
  if (text === undefined) throw new CliError({ code: "CLI_BAD_FILE", file: place.profile, problem: "isn't there" });
  return { ...parseProfile(text), rpcUrls: [chainUrl] };
}

async function enrol(profile: NetworkProfile, keys: PrivateKeys, endpoint: string): Promise<void> {
  const operator = createChainWriter({ profile, privateKey: keys.operator.key.expose() });
  await ensureStake(operator, { stakeWei: STAKE_WEI, bondWei: BOND_WEI });
  await ensureRegistered(operator, { signerKey: keys.router.key, registration: { role: "router", endpoint } });
  await ensureStake(createChainWriter({ profile, privateKey: keys.minerOwner.key.expose() }), { stakeWei: STAKE_WEI });
  const deployer = openFaucet(profile);
  if (!(await readIsVerifier(deployer, keys.router.address))) await addVerifier(deployer, keys.router.address);
}

function startChild(
  { context, clock, random }: LocalParts,
  {
    name,
    args,
    env,
  }: { readonly name: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): SupervisedChild {
  const { output, shutdown, paths } = context;
  const spec = { name, entry: ENTRY, args, env: { ...process.env, ...env }, logFile: join(paths.logs, `${name}.log`) };
  const child = superviseChild(spec, { output, clock, random });
  shutdown.add(name, () => child.stop());
  return child;
}
