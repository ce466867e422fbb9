import {
  buildDeposit,
  connectSolana,
  createChainWriter,
  creditDeposit,
  listDepositsRoots,
  openSession,
  openTrialChain,
  openVault,
  parseSolanaKey,
  readHead,
  readTill,
  SOLANA_TILL,
  type SolanaVault,
  sendSolana,
  transferCor,
} from "@cortensor/chain";
import { guardsDomain, solanaChainId, solanaDepositId } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { generateKeyPairSigner, type KeyPairSigner } from "@solana/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { createSolanaSource, DepositBook } from "../../node/src/guard/sources/index.js";
import { RealGuards } from "../../node/test/realGuards.js";
import { type RunningSvm, startSvm } from "../src/index.js";

const COR = 10n ** 18n;
/** Of COR on the local cluster, in its mint's smallest unit. */
const UNIT = 10n ** 9n;

describe("a till on the guards' chain for deposits on Solana", { timeout: 300_000 }, () => {
  let guards: RealGuards;
  let svm: RunningSvm;
  let client: KeyPairSigner;
  let vault: SolanaVault;
  let till: `0x${string}`;
  let account: number;
  const connect = () => connectSolana({ url: svm.url, genesisHash: vault.genesisHash });

  beforeAll(async () => {
    guards = await RealGuards.open(4);
    const { profile } = guards;
    const { timestamp } = await readHead(guards.reader);
    svm = await startSvm({
      port: 0,
      seed: new Uint8Array(32).fill(7),
      clock: createManualClock(timestamp * 1_000),
      rules: { slotMs: 1_000, confirmedSlots: 2, finalSlots: 32 },
      hasAirdrops: false,
      isTicking: false,
      onError: (error) => {
        throw error;
      },
    });
    client = await generateKeyPairSigner();
    const keeper = await generateKeyPairSigner();
    await svm.faucet.giveLamports(client.address, 1_000_000_000n);
    await svm.faucet.giveCor(client.address, 1_000n * UNIT);
    const account58 = await svm.faucet.giveCor(keeper.address, 0n);
    svm.advance(33);
    const cluster = await connectSolana({ url: svm.url });
    const place = { chainId: profile.chainId, network: profile.addresses.sessionPayment };
    vault = await openVault(cluster, { vault: parseSolanaKey(account58), ...place });
    const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
    const chain = openTrialChain({
      rpcUrl: profile.rpcUrls[0] ?? "",
      chainId: profile.chainId,
      privateKey: anvilKey(1),
    });
    const { sessionPayment: payment, attestations, pause } = profile.addresses;
    till = await chain.deploy({
      ...SOLANA_TILL,
      args: [
        {
          ...{ payment, attestations, pause, keeper: treasury.account, ...vault },
          ...{ capWei: 100n * COR, windowSeconds: 86_400n, noticeSeconds: 604_800n },
        },
      ],
    });
    await transferCor(treasury, { to: till, wei: 500n * COR });
    ({ account } = await openSession(treasury, { name: "till" }));
    for (const index of [0, 1, 2, 3]) {
      await guards.stop(index);
      await guards.start(index, { sources: [sourceOf(index)] });
    }
  }, 300_000);
  afterAll(async () => {
    await svm.stop();
    await guards.close();
  });

  const sourceOf = (index: number) => {
    const chain = guards.chainOf(index);
    const domain = guardsDomain({ chainId: chain.chainId, guards: chain.guards });
    const nowSeconds = () => guards.time;
    return createSolanaSource({ book: new DepositBook({ vault, connect, chain }), vault, domain, chain, nowSeconds });
  };

  it("credits what guards attested exactly once, by anyone, and no more than its cap", async () => {
    const cluster = await connect();
    const send = async (amount: bigint) => {
      const order = { vault, from: client, to: { kind: "session", account }, amount, nonce: amount } as const;
      return sendSolana(cluster, { payer: client, instructions: await buildDeposit(order) });
    };
    await guards.look();
    const first = (await guards.epoch()) + 1;
    await guards.moveToSlot(first - 1, 1);
    await guards.look();
    await send(60n * UNIT);
    await send(50n * UNIT);
    // Past the epoch's cut-off, and final there.
    svm.advance(1_300);
    const subjectChainId = solanaChainId(vault.genesisHash);
    for (let slot = 0; slot < 8; slot += 1) {
      await guards.moveToSlot(first, slot);
      for (let looks = 0; looks < 2; looks += 1) await guards.look();
      if ((await listDepositsRoots(guards.reader, subjectChainId)).length > 0) break;
    }
    const posted = await listDepositsRoots(guards.reader, subjectChainId);
    expect(posted).toHaveLength(1);

    const book = new DepositBook({ vault, connect, chain: guards.chainOf(0) });
    await book.look();
    const [root] = posted;
    const made = root && book.postedDeposits(root, posted);
    const [one, two] = made?.deposits ?? [];
    if (root === undefined || made === undefined || one === undefined || two === undefined) throw new Error("two came");
    const anybody = createChainWriter({ profile: guards.profile, privateKey: anvilKey(2) });
    const credit = (deposit: typeof one.deposit) =>
      creditDeposit(anybody, { till, deposit, ...made, epoch: root.epoch });
    expect(await credit(one.deposit)).toMatchObject({ creditedWei: 60n * COR });
    expect(await readTill(guards.reader, { till, depositId: solanaDepositId(one.deposit) })).toMatchObject({
      isDone: true,
      reserveWei: 440n * COR,
    });
    await expect(credit(one.deposit)).rejects.toMatchObject({ data: { error: "CreditedAlready" } });
    await expect(credit(two.deposit)).rejects.toMatchObject({ data: { error: "WindowFull" } });
    const more = { ...two.deposit, amount: two.deposit.amount + 1n };
    await expect(
      creditDeposit(anybody, {
        till,
        deposit: more,
        ...made,
        root: { ...made.root, leaves: [], pathOf: () => made.root.pathOf(1) },
        epoch: root.epoch,
      }),
    ).rejects.toMatchObject({ data: { error: "DepositUnproved" } });
    await guards.moveTo((await readHead(guards.reader)).timestamp + 86_400);
    expect(await credit(two.deposit)).toMatchObject({ creditedWei: 50n * COR });
  });
});
