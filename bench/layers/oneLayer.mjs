import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  addSpendingKey,
  addVerifier,
  createChainReader,
  createChainWriter,
  deployNetwork,
  deployPrivate,
  depositBond,
  depositToSession,
  formatProfile,
  openSession,
  postRate,
  readHead,
  readMemberRole,
  registerNode,
  setAllotment,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { addressOfPrivateKey, bytesToHex, parseNetworkTemplate, planOfTemplate } from "@cortensor/protocol";
import { startDoorAgent, startRpcDoor } from "@cortensor/rollup";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import { ROOT } from "../../scripts/run.mjs";
import { anvilKey, startAnvil } from "../../tools/anvil/startAnvil.mjs";
import { startCommand } from "../startCommand.mjs";

/**
 * One layer as a process of its own, with its router and its miner as processes below it: an L2, or an L3 behind its door. Arguments by environment: LAYER =
 * {chainId, isPrivate, sessions}. Prints one JSON object when it can be asked; ends on SIGTERM with all that it started.
 */
const { chainId, isPrivate, sessions } = JSON.parse(process.env.LAYER);
const COR = 10n ** 18n;
const EPOCH_SECONDS = 30;
const BLOCK_EVERY_MS = 1_000;
const DEPOSIT_WEI = 20n * COR;
const [OWNER, OPERATOR, MINER_OWNER, MEMBER] = [0, 1, 2, 3];
const accountOf = (index) => addressOfPrivateKey(anvilKey(index));
const freshKey = () => bytesToHex(randomBytes(32));
const keys = { router: freshKey(), miner: freshKey(), spending: freshKey(), sealing: freshKey() };
const modelId = createScriptedEngine().describe().modelId;
const home = mkdtempSync(path.join(tmpdir(), "cortensor-layer-"));
const ending = [() => undefined];

const anvil = await startAnvil({ chainId });
ending.push(() => anvil.stop());
const shared = {
  ...{ rpcUrls: [anvil.url], privateKey: anvilKey(OWNER), epochSeconds: EPOCH_SECONDS, save: () => undefined },
};
const deployed = isPrivate
  ? await deployPrivate({ ...shared, plan: planOf() })
  : await deployNetwork({ ...shared, name: "l2", chainId });
const treasury = createChainWriter({ profile: deployed, privateKey: anvilKey(OWNER) });
const door = isPrivate ? await openDoor() : undefined;
const profiles = {
  router: await enteredAs(OPERATOR),
  miner: await enteredAs(MINER_OWNER),
  client: await enteredAs(MEMBER),
};
const accounts = await enrol();
const timer = setInterval(() => void mine().catch(() => undefined), BLOCK_EVERY_MS);
ending.push(() => clearInterval(timer));
const port = await pickFreePort();
const adminToken = bytesToHex(randomBytes(32));
await startRole("router", {
  ...{ ROUTER_HOST: "127.0.0.1", ROUTER_PORT: String(port), ROUTER_PROFILE: profiles.router },
  ...{ ROUTER_SIGNER_KEY: keys.router, ROUTER_OPERATOR: accountOf(OPERATOR), ROUTER_SPENDING_KEYS: keys.spending },
  ...{
    ROUTER_ADMIN_TOKEN: adminToken,
    ROUTER_SETTLE_AGE: "2s",
    ROUTER_FINALITY_BLOCKS: "1",
    ROUTER_CHAIN_POLL: "500ms",
  },
});
await startRole("miner", {
  ...{ MINER_PROFILE: profiles.miner, MINER_SIGNER_KEY: keys.miner, MINER_SEALING_KEY: keys.sealing },
  ...{ MINER_OPERATOR_KEY: anvilKey(MINER_OWNER), MINER_ROUTERS: `ws://127.0.0.1:${port}/wire` },
  MINER_OUTBOX: path.join(home, "outbox"),
});
process.once("SIGTERM", () => void end());
console.log(
  JSON.stringify({
    url: `http://127.0.0.1:${port}`,
    adminToken,
    accounts,
    operator: accountOf(OPERATOR),
    profile: profiles.client,
    home,
  }),
);

function planOf() {
  const text = readFileSync(path.join(ROOT, "networks/templates/research.json"), "utf8");
  const template = parseNetworkTemplate(text);
  const nodes = [...[OPERATOR, MINER_OWNER].map(accountOf), ...[keys.router, keys.miner].map(addressOfPrivateKey)];
  return planOfTemplate(
    { ...template, limits: { ...template.limits, sessionsPerMember: sessions } },
    {
      ...{
        name: `l3-${chainId}`,
        chainId,
        parent: { name: "l2", chainId: 31_402 },
        gasToken: "native",
        models: [modelId],
      },
      members: [
        { account: accountOf(OWNER), role: "owner", team: "lab" },
        { account: accountOf(MEMBER), role: "member", team: "lab" },
      ],
      nodes: nodes.map((node) => ({ account: node, region: "any" })),
    },
  );
}

async function openDoor() {
  const reader = createChainReader({ profile: deployed });
  const opened = await startRpcDoor({
    ...{ host: "127.0.0.1", port: 0, chainUrl: anvil.url, chainId, gate: deployed.addresses.compliance },
    readRole: (member) => readMemberRole(reader, member),
    clock: systemClock,
    onEntry: () => undefined,
    onError: (error) => console.error(error),
  });
  ending.push(() => opened.close());
  return opened;
}

/** The network's profile as somebody has it: of an L3 by an agent that signs for it at the door. Resolves to its file. */
async function enteredAs(index) {
  let rpcUrl = anvil.url;
  if (door !== undefined) {
    const agent = await startDoorAgent({
      ...{ port: 0, doorUrl: door.url, chainId, gate: deployed.addresses.compliance },
      ...{
        account: accountOf(index),
        key: anvilKey(index),
        clock: systemClock,
        onError: (error) => console.error(error),
      },
    });
    ending.push(() => agent.close());
    rpcUrl = agent.url;
  }
  const file = path.join(home, `network-${index}.json`);
  writeFileSync(file, formatProfile({ ...deployed, rpcUrls: [rpcUrl] }));
  return file;
}

/** Money, bonds, stakes, and the member's sessions, which the router's own key spends from. Resolves to their accounts. */
async function enrol() {
  const writerOf = (index) => createChainWriter({ profile: deployed, privateKey: anvilKey(index) });
  const [operator, minerOwner, member] = [OPERATOR, MINER_OWNER, MEMBER].map(writerOf);
  for (const one of [operator, minerOwner, member]) await transferCor(treasury, { to: one.account, wei: 2_000n * COR });
  for (const key of [keys.router, keys.miner])
    await transferNative(treasury, { to: addressOfPrivateKey(key), wei: COR });
  await postRate(treasury, { weiPerLlmToken: 10n ** 12n, source: "fixed for a bench" });
  await depositBond(operator, { wei: 1_000n * COR });
  await registerNode(operator, { signerKey: keys.router, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  await addVerifier(treasury, addressOfPrivateKey(keys.router));
  await stake(minerOwner, { wei: 1_000n * COR });
  const params = isPrivate ? { privacy: "private", modelIdentifier: modelId, maxTaskExecutionCount: 100_000 } : {};
  const expires = (await readHead(member)).timestamp + 86_400;
  const caps = { capPerEpochWei: DEPOSIT_WEI, totalCapWei: DEPOSIT_WEI, expires };
  const opened = [];
  for (let session = 0; session < sessions; session += 1) {
    const { account } = await openSession(member, { name: `session ${session}`, engine: "any", ...params });
    await depositToSession(member, { account, wei: DEPOSIT_WEI });
    await setAllotment(member, { account, lane: operator.account, wei: DEPOSIT_WEI });
    await addSpendingKey(member, { account, key: addressOfPrivateKey(keys.spending), ...caps });
    opened.push(account);
  }
  return opened;
}

async function mine() {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_mine", params: [] });
  await (await fetch(anvil.url, { method: "POST", headers: { "content-type": "application/json" }, body })).text();
}

/** One of our programs below this one; resolves when it says that it is ready. */
async function startRole(role, env) {
  const args = [role, ...(role === "miner" ? ["--scripted", "at-once"] : [])];
  const { stop } = await startCommand(path.join(home, role), { args, event: `${role}.ready`, env });
  ending.push(stop);
}

/** The last that was started ends first. */
async function end() {
  for (const one of ending.toReversed()) await one();
  process.exit(0);
}
