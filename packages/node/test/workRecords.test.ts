import http from "node:http";
import {
  createChainReader,
  createChainWriter,
  listCondemnedWork,
  readAttestations,
  readHead,
  readWorkRoot,
  registerNode,
  transferNative,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  begunOf,
  decodeVirtualBlock,
  encodeWorkRecord,
  epochRoot,
  hashBatch,
  hashCheckpoint,
  keccak256,
  leafHash,
  merkleTree,
  recordEpochAt,
  registryDomain,
  setEntryId,
  signDigest,
  typedDataDigest,
  utf8ToBytes,
  type WorkTask,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { createRouterChain } from "../src/router/routerChain.js";
import { RealGuards } from "./realGuards.js";

/** One is a quorum: what several make of it is tested without a chain. */
const GUARDS = 1;
const word = (name: string) => keccak256(utf8ToBytes(name));
const ROUTER_KEY = word("a router");
const MINER_KEY = word("a miner");
const MINER = addressOfPrivateKey(MINER_KEY);
const operator = addressOfPrivateKey(anvilKey(5));

let guards: RealGuards;
let server: http.Server;
/** What the router shows, by CID. */
const shown = new Map<string, Uint8Array>();
beforeAll(async () => {
  guards = await RealGuards.open(GUARDS);
  server = http.createServer((request, response) => {
    const bytes = shown.get((request.url ?? "").split("/").at(-1) ?? "");
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { profile } = guards;
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  await transferNative(treasury, { to: addressOfPrivateKey(ROUTER_KEY), wei: 10n ** 18n });
  const owner = createChainWriter({ profile, privateKey: anvilKey(5) });
  await registerNode(owner, { signerKey: ROUTER_KEY, roles: ["router"], endpoint: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await guards?.close();
});

/** A task that its miner took, as it signed, and didn't deliver. */
function aDeadTask(name: string): WorkTask {
  const said = { taskId: word(name), position: 0, tokenRoot: word("no tokens") };
  const { profile } = guards;
  const domain = registryDomain({ chainId: profile.chainId, registry: profile.addresses.registry });
  const tree = merkleTree([leafHash(hashCheckpoint({ ...said, miner: MINER, replica: 0, segment: 0 }))]);
  const batch = { root: tree.root, count: 1, sequence: 1 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), MINER_KEY);
  const proof = { batch, signer: MINER, signature, path: [] };
  const made = { nIn: 4, nOut: 0, tFirstMs: 0, tTotalMs: 900 };
  const part = { replica: 0, segment: 0, miner: MINER, kernelClass: word("class"), outcome: "died" as const, ...made };
  const parts = [{ ...part, word: { ...said, proof } }];
  return { id: setEntryId(word(name)), modelId: word("model"), isSeeded: false, hasBegun: true, parts };
}

/** The router's record of the epoch whose records are open. */
async function tell(ended: readonly WorkTask[], { isShown }: { readonly isShown: boolean }): Promise<number> {
  const { profile } = guards;
  const { timestamp } = await readHead(guards.reader);
  const epoch = recordEpochAt(profile, timestamp);
  const record = { chainId: profile.chainId, lane: operator, epoch, begun: [], ended };
  const { bytes, recordRoot, recordCid } = encodeWorkRecord(record);
  if (isShown) shown.set(recordCid, bytes);
  const writer = createChainWriter({ profile, privateKey: ROUTER_KEY });
  const chain = createRouterChain({ reader: createChainReader({ profile }), writer, lane: operator });
  await chain.postWork({ epoch, recordRoot, recordCid, begun: begunOf(record), ended: ended.length });
  expect(await readWorkRoot(guards.reader, { lane: operator, epoch })).toBe(recordRoot);
  const again = chain.postWork({ epoch, recordRoot, recordCid, begun: 0, ended: 0 });
  await expect(again).rejects.toMatchObject({ code: "CHAIN_REVERTED" });
  return epoch;
}

const range = async () => ({
  fromBlock: guards.profile.deployBlock,
  toBlock: (await readHead(guards.reader)).blockNumber,
});
const reputationOf = async (epoch: number) =>
  (await readAttestations(guards.reader, { ...(await range()), epoch })).find(({ kind }) => kind === "reputation")
    ?.root;
/** Lets slots of an epoch pass until its reputation root is posted. */
const untilPosted = async (epoch: number): Promise<void> => {
  for (let slot = 0; slot < 18 && (await reputationOf(epoch)) === undefined; slot += 1)
    await guards.toSlot(epoch, slot);
};

describe("work records on a real chain, with guards that fetch them from a router", { timeout: 300_000 }, () => {
  it("are what reputations and virtual blocks of the next epoch are made of", async () => {
    await guards.toSlot(0, 0);
    const epoch = await tell([aDeadTask("one")], { isShown: true });
    expect(epoch).toBe(1);
    await untilPosted(1);
    await untilPosted(2);
    const leaf = { miner: MINER, modelId: word("model"), passedMicro: 0, failedMicro: 0, speedPpm: 0 };
    const { root } = epochRoot(
      { subjectChainId: guards.profile.chainId, fromEpoch: 2, epoch: 2 },
      { kind: "reputation", leaves: [{ ...leaf, availabilityPpm: 0 }] },
    );
    expect(await reputationOf(2)).toBe(root);
    for (const slot of [5, 9]) await guards.toSlot(2, slot);
    const bytes = [...guards.running.values()].map(({ gateway }) => gateway.findVirtualBlock(2));
    for (const one of bytes) {
      expect(decodeVirtualBlock(one ?? new Uint8Array())).toMatchObject({ tasksOpened: 1, tasksClosed: 1 });
    }
  });

  it("count nothing, and hold nothing up, when a quorum of guards was never shown them", async () => {
    const epoch = await tell([aDeadTask("two")], { isShown: false });
    await untilPosted(epoch);
    for (const slot of [9, 12]) await guards.toSlot(epoch, slot);
    expect(await listCondemnedWork(guards.reader, await range())).toEqual([{ lane: operator, epoch }]);
    await untilPosted(epoch + 1);
    expect(await reputationOf(epoch + 1)).toBeDefined();
  });
});
