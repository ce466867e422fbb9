import {
  type LinkEnd,
  openLinkEnd,
  openTrialChain,
  QUORUM_MESSENGER,
  readBlock,
  readHead,
  readIsFrozen,
  readLinkStates,
  TRIAL_COINS_WEI,
  TRIAL_GUARDS,
  TRIAL_POST,
  type TrialChain,
} from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import { createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { openRpcDoor, PASS } from "../../chain/test/rpcDoor.js";
import { createOutboxSource } from "../src/guard/sources/index.js";
import { LinkBook } from "../src/links/index.js";
import { createQuorumCarrier, createRelayer } from "../src/relayer/index.js";
import { RealGuards } from "./realGuards.js";

const FINALITY = 3;
const CHALLENGE_SECONDS = 30;

/** Guards' own chain, another that sends to it, and both ends of the way between. */
describe("guards that follow another chain's messenger", { timeout: 300_000 }, () => {
  let guards: RealGuards;
  let anvil: RunningAnvil;
  let there: TrialChain;
  let here: TrialChain;
  let src: LinkEnd;
  let dst: LinkEnd;
  let post: `0x${string}`;

  const bookOver = (from: LinkEnd = src) =>
    new LinkBook({ link: { src: from, dst }, finalityBlocks: FINALITY, log: silentLogger });
  const endOf = async (chain: TrialChain, messenger: `0x${string}`): Promise<LinkEnd> => {
    const { chainId, rpcUrl } = chain;
    const fromBlock = Number((await readBlock(chain, "latest"))?.number ?? 0n);
    return openLinkEnd({ chainId, rpcUrls: [rpcUrl], messenger, fromBlock });
  };
  const give = (wei: bigint) => there.call({ to: post, abi: TRIAL_POST.abi, name: "give", args: [[wei], 300_000n] });
  /** The other chain's clock goes on with the guards'. */
  const follow = async () => there.pass({ toSeconds: (await readHead(guards.reader)).timestamp, blocks: FINALITY + 2 });

  beforeAll(async () => {
    guards = await RealGuards.open(4);
    anvil = await startAnvil({ chainId: 900 });
    here = openTrialChain({ rpcUrl: guards.profile.rpcUrls[0] ?? "", chainId: 31_337, privateKey: anvilKey(1) });
    there = openTrialChain({ rpcUrl: anvil.url, chainId: 900, privateKey: anvilKey(1) });
    const { guardSets } = guards.profile.addresses;
    post = await there.deploy({ ...TRIAL_POST, args: [TRIAL_COINS_WEI] });
    const taker = await here.deploy({ ...TRIAL_POST, args: [TRIAL_COINS_WEI] });
    const noGuards = await there.deploy({ ...TRIAL_GUARDS, args: [0n, 600n, "0x"] });
    const terms = (sets: string, meter: string) => ({
      ...{ guardSets: sets, meter, challenger: taker, challengeSeconds: BigInt(CHALLENGE_SECONDS) },
      ...{ windowSeconds: 86_400n, capWei: 10n ** 30n },
    });
    const hereAddress = await here.nextAddress();
    const thereMessenger = await there.deploy({
      ...QUORUM_MESSENGER,
      args: [{ remoteChainId: 31_337n, remote: hereAddress, pause: post }, terms(noGuards, post)],
    });
    src = await endOf(there, thereMessenger);
    const hereMessenger = await here.deploy({
      ...QUORUM_MESSENGER,
      args: [{ remoteChainId: 900n, remote: thereMessenger, pause: taker }, terms(guardSets, taker)],
    });
    dst = await endOf(here, hereMessenger);
    await there.call({ to: post, abi: TRIAL_POST.abi, name: "join", args: [thereMessenger, taker] });
    await here.call({ to: taker, abi: TRIAL_POST.abi, name: "join", args: [hereMessenger, post] });
    for (const index of [0, 1, 2, 3]) {
      await guards.stop(index);
      await guards.start(index, { sources: [sourceOf(index)] });
    }
  }, 300_000);
  afterAll(async () => {
    await anvil.stop();
    await guards.close();
  });

  const sourceOf = (index: number) => {
    const chain = openTrialChain({ rpcUrl: here.rpcUrl, chainId: 31_337, privateKey: guards.keyOf(index) });
    return createOutboxSource({ book: bookOver(), sender: chain.sender });
  };
  /** Lets an epoch's slots pass until its outbox is posted. */
  const posted = async (epoch: number): Promise<Bytes32 | undefined> => {
    for (let slot = 0; slot < 8; slot += 1) {
      await guards.moveToSlot(epoch, slot);
      await follow();
      for (let looks = 0; looks < 2; looks += 1) {
        await guards.look();
        const root = await bookOver().readPosted(epoch);
        if (root !== undefined) return root;
      }
    }
    return undefined;
  };

  it("sign what was sent there, post it, and anybody delivers it", async () => {
    let epoch = await guards.epoch();
    // The set is fixed while an epoch's records are open, and guards the next.
    await guards.look();
    epoch += 1;
    await guards.moveToSlot(epoch - 1, 1);
    await follow();
    await guards.look();
    await give(5n);
    const root = await posted(epoch);
    const book = bookOver();
    await book.look();
    expect(book.messages()).toHaveLength(1);
    expect(root).toBe(book.postedOutbox({ epoch, root: root ?? "0x" })?.root);
    await here.pass({ toSeconds: (await here.now()) + CHALLENGE_SECONDS, blocks: FINALITY + 1 });
    const relayer = createRelayer({
      carriers: [createQuorumCarrier({ book, sender: here.sender, finalityBlocks: FINALITY })],
      ...{ pollMs: 1, clock: systemClock, log: silentLogger, metrics: createMetrics(), random: () => 0 },
      onDone: ({ gasUsed, feeWei }) => expect(feeWei).toBeGreaterThan(gasUsed),
    });
    await relayer.look();
    expect(
      await readLinkStates(
        dst,
        book.messages().map(({ id }) => id),
      ),
    ).toEqual(["delivered"]);
    await relayer.stop();
  });

  it("believe no RPC that hides a message, tells of an older chain, or serves another", async () => {
    const door = await openRpcDoor(anvil.url);
    const { chainId, messenger, fromBlock } = src;
    const lying = () => bookOver(openLinkEnd({ chainId, rpcUrls: [door.url], messenger, fromBlock }));
    door.rule = (method) =>
      method === "eth_getLogs" ? { kind: "answer", body: '{"jsonrpc":"2.0","id":1,"result":[]}' } : PASS;
    await expect(lying().look()).rejects.toMatchObject({ data: { code: "CHAIN_BAD_LINK" } });
    door.rule = (method) =>
      method === "eth_chainId" ? { kind: "answer", body: '{"jsonrpc":"2.0","id":1,"result":"0x1"}' } : PASS;
    await expect(lying().look()).rejects.toMatchObject({ data: { code: "CHAIN_WRONG_ID" } });
    // It stands still where it is: nothing is known of later epochs, and nothing is signed of them.
    door.rule = () => PASS;
    const behind = lying();
    await behind.look();
    expect(behind.outboxOf((await guards.epoch()) + 1)).toEqual({ kind: "notFinal" });
    await door.close();
  });

  it("sign nothing of an epoch whose final blocks changed, and the next covers", async () => {
    const epoch = await guards.epoch();
    const mark = await there.mark();
    await give(6n);
    await guards.moveToSlot(epoch, 0);
    await follow();
    const book = bookOver();
    await book.look();
    expect(book.outboxOf(epoch)).toMatchObject({ kind: "outbox", messages: [{ body: expect.stringMatching(/6$/) }] });
    await there.takeBack(mark);
    await give(7n);
    await follow();
    await book.look();
    expect(book.outboxOf(epoch)).toEqual({ kind: "reorganised" });
    await guards.moveToSlot(epoch + 1, 0);
    await follow();
    await book.look();
    expect(book.outboxOf(epoch + 1)).toMatchObject({
      kind: "outbox",
      messages: [{ body: expect.stringMatching(/7$/) }],
    });
  });

  it("have one of them frozen that signed two outboxes", async () => {
    const epoch = await guards.epoch();
    await guards.look();
    await give(8n);
    const [finder, liar] = [guards.running.get(0), guards.running.get(3)];
    if (finder === undefined || liar === undefined) throw new Error("four guards run");
    await guards.moveToSlot(epoch, 0);
    await follow();
    await guards.lookTogether([liar]);
    await guards.lookTogether([finder]);
    // The same key with a store that was lost, and another root.
    await guards.stop(3);
    const compute = async () => ({ kind: "root", root: `0x${"66".repeat(32)}` }) as const;
    const anew = await guards.start(3, { sources: [{ ...sourceOf(3), compute }], hasLostStore: true });
    await guards.lookTogether([anew]);
    for (const slot of [1, 2]) {
      await guards.moveToSlot(epoch, slot);
      await follow();
      await guards.lookTogether([finder]);
    }
    const frozen = await Promise.all(guards.addresses.map((guard) => readIsFrozen(guards.reader, guard)));
    expect(frozen).toEqual([false, false, false, true]);
  });
});
