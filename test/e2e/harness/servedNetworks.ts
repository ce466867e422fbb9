import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { join } from "node:path";
import {
  createChainWriter,
  deployNetwork,
  deployPrivate,
  depositBond,
  formatProfile,
  type NetworkProfile,
  registerNode,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { addressOfPrivateKey, type Hex, parseNetworkTemplate, planOfTemplate } from "@cortensor/protocol";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { readIfThere } from "./readIfThere.js";
import { type StartedProcess, startProcess } from "./startProcess.js";
import { freshKey } from "./testMiner.js";

const COR = 10n ** 18n;
const SOME_WEI = 500n * COR;
const [OWNER, OPERATOR, MINER_OWNER] = [0, 1, 2];
const accountOf = (index: number) => addressOfPrivateKey(anvilKey(index));

export const MODEL_ID = createScriptedEngine().describe().modelId;

/** A network with a chain of its own, on which a router and a miner are enrolled. */
export type LaidNetwork = {
  readonly name: string;
  readonly anvil: RunningAnvil;
  readonly profile: NetworkProfile;
  readonly file: string;
  readonly minerKey: Hex;
};

type Laying = {
  readonly home: string;
  readonly name: string;
  readonly chainId: number;
  /** One of anvil's accounts, who may spend. */
  readonly member: number;
  readonly isPrivate: boolean;
};

/** Deploys a network, and writes its profile and its router's settings where `cortensor router` looks for them. */
export async function layNetwork(laying: Laying): Promise<LaidNetwork> {
  const { home, name, chainId, member } = laying;
  const anvil = await startAnvil({ chainId });
  const [routerKey, minerKey] = [freshKey(), freshKey()];
  const profile = await deploy(laying, { url: anvil.url, signers: [routerKey, minerKey] });
  const treasury = createChainWriter({ profile, privateKey: anvilKey(OWNER) });
  for (const index of [OPERATOR, MINER_OWNER, member])
    await transferCor(treasury, { to: accountOf(index), wei: SOME_WEI });
  for (const key of [routerKey, minerKey])
    await transferNative(treasury, { to: addressOfPrivateKey(key), wei: 10n * COR });
  const operator = createChainWriter({ profile, privateKey: anvilKey(OPERATOR) });
  await depositBond(operator, { wei: 100n * COR });
  await registerNode(operator, { signerKey: routerKey, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  await stake(createChainWriter({ profile, privateKey: anvilKey(MINER_OWNER) }), { wei: 100n * COR });
  const file = join(home, `${name}.json`);
  writeFileSync(file, formatProfile(profile));
  const own = join(home, "routers", name);
  mkdirSync(own, { recursive: true });
  const settings = {
    ROUTER_SIGNER_KEY: routerKey,
    ROUTER_OPERATOR: operator.account,
    ROUTER_REQUIRE_VERIFIED: "false",
    ROUTER_FINALITY_BLOCKS: "1",
    ROUTER_CHAIN_POLL: "200ms",
  };
  const lines = Object.entries(settings).map(([variable, value]) => `${variable}=${value}`);
  writeFileSync(join(own, "router.env"), lines.join("\n"));
  return { name, anvil, profile, file, minerKey };
}

function deploy(
  { name, chainId, member, isPrivate }: Laying,
  { url, signers }: { readonly url: string; readonly signers: readonly Hex[] },
): Promise<NetworkProfile> {
  const request = { rpcUrls: [url], privateKey: anvilKey(OWNER), epochSeconds: 30, save: () => undefined };
  if (!isPrivate) return deployNetwork({ ...request, name, chainId });
  const text = readFileSync(new URL("../../../networks/templates/research.json", import.meta.url), "utf8");
  const nodes = [...[OPERATOR, MINER_OWNER].map(accountOf), ...signers.map(addressOfPrivateKey)];
  const plan = planOfTemplate(parseNetworkTemplate(text), {
    ...{ name, chainId, parent: { name: "local", chainId: 31_337 }, gasToken: "native", models: [MODEL_ID] },
    members: [
      { account: accountOf(OWNER), role: "owner", team: "lab" },
      { account: accountOf(member), role: "member", team: "lab" },
    ],
    nodes: nodes.map((account) => ({ account, region: "any" })),
  });
  return deployPrivate({ ...request, plan });
}

/** A miner of the network, by its router's own path at the shared address. */
export function startMinerAt(home: string, network: LaidNetwork, wireUrl: string): StartedProcess {
  const own = join(home, "miners", network.name);
  return startProcess(own, ["miner", "--scripted", "in-turns"], {
    env: {
      MINER_PROFILE: network.file,
      MINER_SIGNER_KEY: network.minerKey,
      MINER_SEALING_KEY: freshKey(),
      MINER_OPERATOR_KEY: anvilKey(MINER_OWNER),
      MINER_ROUTERS: wireUrl,
      MINER_OUTBOX: join(own, "outbox"),
      MINER_CHAIN_POLL: "200ms",
      MINER_POOL: "false",
    },
  });
}

/** A path as it stands, which no client reads before. */
export async function askRaw(url: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  const { hostname, port } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = httpRequest({ hostname, port, path, headers, agent: false }, resolve);
    asked.once("error", reject);
    asked.end();
  });
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, headers: response.headers, text };
}

/** Files below a folder, and below those that one there says its database lies in, that have the bytes of a hex text, or the text itself. */
export function filesWith(folder: string, hex: string): readonly string[] {
  const plain = hex.replace(/^0x/, "");
  const forms = [Buffer.from(plain, "hex"), Buffer.from(plain)];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const bytes = readIfThere(path);
    if (entry.name === "elsewhere") return filesWith(bytes.toString().trim(), hex);
    return forms.some((form) => bytes.includes(form)) ? [path] : [];
  });
}
