import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { createApiServer, type Gateway } from "@cortensor/api";
import { createMemoryBooks } from "@cortensor/books";
import {
  addVerifier,
  createChainReader,
  createChainWriter,
  deployPrivate,
  depositBond,
  type NetworkProfile,
  openSession,
  readMemberRole,
  registerNode,
  revokeMember,
  transferCor,
} from "@cortensor/chain";
import { type DataDesk, importCollection } from "@cortensor/data";
import { createScriptedEngine } from "@cortensor/engine";
import {
  addressOfPrivateKey,
  type NetworkPlan,
  openGrant,
  parseNetworkTemplate,
  planOfTemplate,
  portableAead,
} from "@cortensor/protocol";
import { type DoorEntry, type DoorServer, startDoorAgent, startRpcDoor } from "@cortensor/rollup";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { connectLink } from "@cortensor/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createIdentity, createSignatureCounter } from "../src/index.js";
import {
  bytesOf,
  type Granted,
  MEMBERS_FACT,
  type MemberCollection,
  makeMemberCollection,
  readCopiedBlocks,
  readWith,
} from "./memberCollection.js";
import { startMiner, startRouter } from "./realNetwork.js";
import { askDataRoutes, DATA_ROUTES } from "./refusedRoutes.js";
import { addressOf, keyOf, onTearDown, tearDown, until } from "./testNetwork.js";

const COR = 10n ** 18n;
const QUESTION = "Tell me numbers.";
const [OWNER, OPERATOR, MINER_OWNER, MEMBER, SECOND, OUTSIDER] = [0, 1, 2, 3, 4, 5];
const accountOf = (index: number) => addressOfPrivateKey(anvilKey(index));
const modelId = createScriptedEngine().describe().modelId;
const session = { privacy: "private", modelIdentifier: modelId, maxTaskExecutionCount: 100, engine: "any" } as const;

/** An organisation's network: its chain, its contracts, and the door before them. */
type Organisation = {
  readonly plan: NetworkPlan;
  /** By the chain itself, behind its door. */
  readonly profile: NetworkProfile;
  readonly door: DoorServer;
};

async function startOrganisation(name: string, chainId: number, entries: DoorEntry[]): Promise<Organisation> {
  const anvil: RunningAnvil = await startAnvil({ chainId });
  onTearDown(() => anvil.stop());
  const text = readFileSync(new URL("../../../networks/templates/research.json", import.meta.url), "utf8");
  const plan = planOfTemplate(parseNetworkTemplate(text), {
    ...{ name, chainId, parent: { name: "local", chainId: 31_337 }, gasToken: "native", models: [modelId] },
    members: [
      { account: accountOf(OWNER), role: "owner", team: "lab" },
      // The other organisation has the first member alone.
      { account: accountOf(MEMBER), role: "member", team: "lab" },
      ...(chainId === 41_001 ? ([{ account: accountOf(SECOND), role: "member", team: "lab" }] as const) : []),
    ],
    nodes: [...[OPERATOR, MINER_OWNER].map(accountOf), addressOf("router"), addressOf("miner")].map((account) => ({
      account,
      region: "any",
    })),
  });
  const request = { rpcUrls: [anvil.url], privateKey: anvilKey(OWNER), epochSeconds: 30, save: () => undefined };
  const profile = await deployPrivate({ ...request, plan });
  const reader = createChainReader({ profile });
  const door = await startRpcDoor({
    ...{ host: "127.0.0.1", port: 0, chainUrl: anvil.url, chainId, gate: profile.addresses.compliance },
    readRole: (account) => readMemberRole(reader, account),
    clock: systemClock,
    onEntry: (entry) => void entries.push(entry),
    onError: () => undefined,
  });
  onTearDown(() => door.close());
  return { plan, profile, door };
}

/** A desk of whose doings nothing is to happen. */
function untouchedDesk(): DataDesk {
  const idle: Pick<DataDesk, "index" | "sweep"> = { index: async () => undefined, sweep: async () => undefined };
  return Object.assign(Object.create(null), idle);
}

/** The network as somebody sees it who has a key: by an agent that signs for it at the door. */
async function entered({ profile, door }: Organisation, index: number): Promise<NetworkProfile> {
  const agent = await startDoorAgent({
    ...{ port: 0, doorUrl: door.url, chainId: profile.chainId, gate: profile.addresses.compliance },
    ...{ account: accountOf(index), key: anvilKey(index), clock: systemClock, onError: () => undefined },
  });
  onTearDown(() => agent.close());
  return { ...profile, rpcUrls: [agent.url] };
}

describe("a private session on a network of its members alone", () => {
  const entries: DoorEntry[] = [];
  let network: Organisation;
  let wireUrl: string;
  let gateway: Gateway;
  let baseUrl: string;
  /** What the router says of links that it refuses: the other side is told the reason alone. */
  const linkRefusals: string[] = [];
  /** All that the router says, with what. */
  const told: unknown[] = [];
  const clients = new Map<number, { readonly client: Cortensor; readonly account: number }>();
  let collection: MemberCollection;
  const granted = new Map<number, Granted>();

  beforeAll(async () => {
    network = await startOrganisation("clinic", 41_001, entries);
    const treasury = createChainWriter({ profile: network.profile, privateKey: anvilKey(OWNER) });
    for (const index of [OPERATOR, MEMBER, SECOND])
      await transferCor(treasury, { to: accountOf(index), wei: 500n * COR });
    const profile = await entered(network, OPERATOR);
    const operator = createChainWriter({ profile, privateKey: anvilKey(OPERATOR) });
    await depositBond(operator, { wei: 100n * COR });
    await registerNode(operator, { signerKey: keyOf("router"), roles: ["router"], endpoint: "http://127.0.0.1:1" });
    await addVerifier(treasury, addressOf("router"));
    const books = createMemoryBooks({ lane: operator.account, clock: systemClock });
    const router = await startRouter({
      ...{ profile, books, clock: systemClock, operator: operator.account, account: 4_000_000 },
      ...{ treasury, metrics: createMetrics(), finalityBlocks: 1, pollMs: 50, requests: undefined },
      data: { desk: untouchedDesk(), connect: () => undefined },
      log: { ...silentLogger, debug: note, info: noteRefusal, warn: noteRefusal, error: note },
    });
    wireUrl = router.wireUrl;
    gateway = router.router.gateway;
    const server = createApiServer({ gateway, log: silentLogger, version: "test", cors: "any" });
    baseUrl = await server.listen({ host: "127.0.0.1", port: 0 });
    onTearDown(() => server.close());
    const shared = { treasury, wireUrl, pollMs: 50, nowMs: () => Date.now(), seals: true } as const;
    const minerProfile = await entered(network, MINER_OWNER);
    await startMiner({ ...shared, profile: minerProfile, name: "miner", account: MINER_OWNER });
    for (const index of [MEMBER, SECOND]) {
      const deployment = await entered(network, index);
      const wallet = { privateKey: anvilKey(index), deployment };
      const client = createCortensor({ baseUrl, wallet, privacy: "sealed" });
      const { account } = await client.openSession({ name: "mine", depositWei: 50n * COR, params: session });
      clients.set(index, { client, account });
    }
  });
  afterAll(tearDown);

  function note(...words: readonly unknown[]): void {
    told.push(words);
  }

  function noteRefusal(text: string, data: object = {}, error?: unknown): void {
    note(text, data, error);
    if ("detail" in data) linkRefusals.push(String(data.detail));
  }

  const clientOf = (index: number): Cortensor => {
    const found = clients.get(index);
    if (found === undefined) throw new Error("no client");
    return found.client;
  };
  const grantOf = (index: number): Granted => {
    const found = granted.get(index);
    if (found === undefined) throw new Error("no grant");
    return found;
  };
  /** Until the router knows the session, and the miner's prekeys stand on chain. */
  const answered = async (client: Cortensor) => {
    let answer = await client.chat(QUESTION, { maxTokens: 8 }).catch(() => undefined);
    while (answer === undefined) answer = await client.chat(QUESTION, { maxTokens: 8 }).catch(() => undefined);
    return answer;
  };

  it("answers a member, sealed to its miner", async () => {
    const answer = await answered(clientOf(MEMBER));
    expect(answer.text.length).toBeGreaterThan(0);
    expect(answer).toMatchObject({ proof: "unproved", sealing: { readers: [addressOf("miner")], audit: "none" } });
    const { receipt } = await clientOf(MEMBER).receipt(answer.taskId, { waitMs: 20_000 });
    expect(receipt.feeWei).toBeGreaterThan(0n);
  });

  it("leaves no word of question or answer in its chain, its door's log, its router's log and receipts, as the table says", async () => {
    const word = `zq${randomBytes(12).toString("hex")}`;
    const { taskId, text } = await clientOf(MEMBER).chat(`Say ${word} now.`, { maxTokens: 64, temperature: 0 });
    expect(text).toContain(word);
    const receipt = await clientOf(MEMBER).receipt(taskId, { waitMs: 20_000 });
    const { client } = createChainReader({ profile: network.profile });
    const head = await client.getBlockNumber({ cacheTime: 0 });
    const blocks = await Promise.all(
      Array.from({ length: Number(head) + 1 }, (_, at) =>
        client.getBlock({ blockNumber: BigInt(at), includeTransactions: true }),
      ),
    );
    const events = await client.getLogs({ fromBlock: 0n, toBlock: head });
    const everything = { blocks, events, entries, told, receipt, view: gateway.network() };
    const forms = [Buffer.from(word).toString("hex"), word, Buffer.from(word).toString("base64").slice(0, -4)];
    for (const [place, held] of Object.entries(everything)) {
      const shown = inspect(held, { depth: 16, maxArrayLength: null, maxStringLength: null });
      expect([place, shown.length > 100]).toEqual([place, true]);
      expect([place, forms.filter((form) => shown.includes(form))]).toEqual([place, []]);
    }
    const page = readFileSync(new URL("../../../docs/SECURITY.md", import.meta.url), "utf8");
    const row = page.split("\n").find((line) => line.startsWith("| `private` |"));
    expect(
      row
        ?.split("|")
        .slice(3, 5)
        .map((column) => column.trim()),
    ).toEqual(["nowhere", "nowhere"]);
  });

  it("refuses its member what would pass in the open", async () => {
    const asking = clientOf(MEMBER).chat(QUESTION, { privacy: "open" });
    await expect(asking).rejects.toMatchObject({ data: { code: "SDK_REFUSED", reason: "session_unsupported" } });
  });

  it("has no files, stores or kept answers at its router: each route refuses a member by name, and touches nothing", async () => {
    const { bearer } = await clientOf(MEMBER).access();
    const said = await askDataRoutes(baseUrl, bearer);
    const refusal = { status: 400, code: "session_unsupported" };
    expect(said).toEqual(DATA_ROUTES.map(([method, path]) => ({ route: `${method} ${path}`, ...refusal })));
  });

  it("leaves a member its collections: sealed, at the network's keeper, for members whom it grants them alone", async () => {
    collection = await makeMemberCollection(network.profile, anvilKey(MEMBER));
    for (const index of [MEMBER, SECOND]) {
      granted.set(index, await collection.grant(accountOf(index)));
      expect(await collection.read(grantOf(index), anvilKey(index))).toContain(MEMBERS_FACT);
    }
    await expect(collection.grant(accountOf(OUTSIDER))).rejects.toMatchObject({ data: { fault: "notAMember" } });
    await expect(collection.read(grantOf(SECOND), anvilKey(OUTSIDER))).rejects.toMatchObject({
      data: { fault: "otherGrantee" },
    });
  });

  it("refuses an outsider at the RPC door", async () => {
    const profile = await entered(network, OUTSIDER);
    await expect(createChainReader({ profile }).client.getBlockNumber()).rejects.toThrow();
    const { chainId } = profile;
    const theirs = entries.filter(({ account }) => account === accountOf(OUTSIDER));
    expect(theirs.at(-1)).toMatchObject({ role: "none", outcome: "refused", reason: "notAMember" });
    expect(chainId).toBe(network.profile.chainId);
  });

  it("refuses an outsider at the contracts, even past the door", async () => {
    const outsider = createChainWriter({ profile: network.profile, privateKey: anvilKey(OUTSIDER) });
    await expect(openSession(outsider, { name: "mine", ...session })).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED", error: "PolicyRefused" },
    });
    const registering = registerNode(outsider, { signerKey: keyOf("spy"), roles: ["miner"] });
    await expect(registering).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED", error: "Denied" } });
  });

  it("is over for a member within seconds of its off-boarding: at the door, at the contracts and at the router", async () => {
    const second = clientOf(SECOND);
    await answered(second);
    const owner = createChainWriter({ profile: network.profile, privateKey: anvilKey(OWNER) });
    await revokeMember(owner, accountOf(SECOND));
    let reason: unknown;
    await until(async () => {
      reason = await second.chat(QUESTION, { maxTokens: 4 }).catch((error: unknown) => dataOf(error).reason);
      return reason === "not_a_member";
    });
    const member = createChainWriter({ profile: network.profile, privateKey: anvilKey(SECOND) });
    await expect(openSession(member, { name: "mine", ...session })).rejects.toMatchObject({
      data: { error: "PolicyRefused" },
    });
    const outside = createChainReader({ profile: await entered(network, SECOND) });
    await expect(outside.client.getBlockNumber()).rejects.toThrow();
  });

  it("closes collections to who was off-boarded, whose grants haven't run out: what it stored of them opens nothing", async () => {
    const former = grantOf(SECOND);
    await expect(collection.read(former, anvilKey(SECOND))).rejects.toMatchObject({
      data: { code: "GRANT_REFUSED", fault: "notAMember" },
    });
    const half = await openGrant(former.signed.grant, { privateKey: former.sealing.privateKey, aead: portableAead });
    if (half === undefined) throw new Error("it has its own half still");
    for (const kept of [half, former.sealing.privateKey, bytesOf("a guess")])
      expect(await readWith({ granted: half, kept }, collection.sealed)).toBe("tampered");
    expect(await collection.read(grantOf(MEMBER), anvilKey(MEMBER))).toContain(MEMBERS_FACT);
  });

  it("refuses an outsider at the nodes: a router links with no miner of another's, nor of who was off-boarded", async () => {
    expect(await refusalOf("spy")).toContain("no node of this address is registered");
    const owner = createChainWriter({ profile: network.profile, privateKey: anvilKey(OWNER) });
    await revokeMember(owner, accountOf(MINER_OWNER));
    await until(() => gateway.network().miners.length === 0);
    let said = await refusalOf("miner");
    while (said === undefined) said = await refusalOf("miner");
    expect(said).toContain("no node of this private network");
  });

  it("isn't seen from another organisation's network on the same machine", async () => {
    const theirs: DoorEntry[] = [];
    const other = await startOrganisation("bank", 41_002, theirs);
    // The owner signs for its own network at the other's door, with a key that is a member of both.
    const crossed = { ...other, profile: network.profile };
    const reader = createChainReader({ profile: await entered(crossed, MEMBER) });
    await expect(reader.client.getBlockNumber()).rejects.toThrow();
    expect(theirs.at(-1)).toMatchObject({ outcome: "refused", reason: "otherSigner" });
    // Who is a member of the one alone isn't let in by the other.
    const stranger = createChainReader({ profile: await entered(other, SECOND) });
    await expect(stranger.client.getBlockNumber()).rejects.toThrow();
    expect(theirs.at(-1)).toMatchObject({ account: accountOf(SECOND), reason: "notAMember" });
    // A node of the one finds no router of the other: its registry is another.
    expect(await refusalOf("miner", other.profile)).toBeDefined();
    // Its keeper has a copy of all that the one's keeps, and the first member is a member there too.
    const own = { granted: grantOf(MEMBER), key: anvilKey(MEMBER) };
    await expect(collection.askCopy(other.profile, own)).rejects.toMatchObject({ data: { fault: "wrongSigner" } });
    // Its peer has every block, its router what the peer has.
    const blocks = await readCopiedBlocks(collection.node, collection.cid);
    expect(blocks.equals(Buffer.from(collection.sealed))).toBe(true);
    expect(blocks.includes("Malenda")).toBe(false);
    await expect(importCollection(blocks)).rejects.toMatchObject({ code: "VECTORS_MALFORMED" });
    // And the half beside them, which its keeper's folder holds, opens none of it.
    expect(await readWith({ granted: bytesOf("a guess"), kept: bytesOf("kept half") }, blocks)).toBe("tampered");
  });

  function dataOf(error: unknown): Readonly<Record<string, unknown>> {
    if (typeof error !== "object" || error === null || !("data" in error)) return {};
    return typeof error.data === "object" && error.data !== null ? { ...error.data } : {};
  }

  /** Why the router refuses a link to a miner of this name; undefined if it doesn't. */
  async function refusalOf(name: string, of: NetworkProfile = network.profile): Promise<string | undefined> {
    const signatures = createSignatureCounter(createMetrics());
    const { chainId, addresses } = of;
    const signingKey = new Secret(keyOf(name));
    const identity = createIdentity({
      ...{ role: "miner", signingKey, chainId, registry: addresses.registry, clock: systemClock, signatures },
    });
    try {
      const link = await connectLink({
        ...{ url: wireUrl, identity: identity.node, expectPeer: { role: "router" } },
        authorise: async () => ({ kind: "granted", owner: accountOf(OPERATOR) }),
        ...{ signal: new AbortController().signal, clock: systemClock, log: silentLogger },
      });
      link.close("done");
      return undefined;
    } catch (error) {
      return `${dataOf(error).reason} ${linkRefusals.at(-1)}`;
    }
  }
});
