import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BookedReceipt, planSet, planSettlement } from "@cortensor/books";
import {
  addAssessor,
  assessNode,
  type ChainWriter,
  claimDutyPay,
  createChainWriter,
  depositToSession,
  openSession,
  readCorBalance,
  readCredit,
  readDutyPaid,
  readHead,
  registerNode,
  sendSettlement,
  setAllotment,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import {
  type Address,
  addressOfPrivateKey,
  beaconWithoutGuards,
  type DutyPayProof,
  type Hex,
  hashDebit,
  keccak256,
  payeesHash,
  paymentDomain,
  resultsHash,
  signDigest,
  splitsHash,
  splitsOf,
  typedDataDigest,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { createFetchSet, createGuardReader, createPublicDutyBooks } from "../src/guard/index.js";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import type { DutyEvidence } from "../src/validator/fetchDutyEvidence.js";
import {
  createDutyPayWatch,
  createValidator,
  createValidatorChain,
  fetchDutyPay,
  type Validator,
} from "../src/validator/index.js";
import { PROFILE } from "./fakeChain.js";
import { RealGuards } from "./realGuards.js";
import { aRequest, ask, receiptOf, startScriptedMiner, startTestRouter, tearDown } from "./testNetwork.js";

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
/** Whose results are checked, and by whose root they are paid for. */
const EPOCH = 2;
const PAID_BY = EPOCH + 2;
const TASKS = 40;
const FEE_WEI = COR + 1n;
const HONEST = { reply: () => "one two three four" };
/** Three guards, one of which has no engine that answers, and a miner whose level lets it validate. */
const VALIDATORS = [0, 1, "lazy", "miner"] as const;
type Name = (typeof VALIDATORS)[number];
const LAZY = 2;

const word = (name: string): Hex => keccak256(utf8ToBytes(name));
const MINER_KEY = word("a miner that validates");
const OPERATOR_KEY = anvilKey(5);
const OPERATOR = addressOfPrivateKey(OPERATOR_KEY);
const CLIENT_KEY = anvilKey(6);
const MAKER: Address = `0x${"3a".repeat(20)}`;
const { signal } = new AbortController();

let guards: RealGuards;
let router: http.Server;
let folder: string;
let evidence: DutyEvidence;
let anyone: ChainWriter;
let time = 0;
const sets = new Map<string, Uint8Array>();
const running = new Map<Name, Validator>();

const keyOf = (name: Name): Hex => (name === "miner" ? MINER_KEY : guards.keyOf(name === "lazy" ? LAZY : name));
const addressOf = (name: Name): Address => addressOfPrivateKey(keyOf(name));
const ownerOf = (name: Name): Address =>
  name === "miner"
    ? addressOfPrivateKey(word("owner of the miner"))
    : guards.ownerOf(name === "lazy" ? LAZY : name).account;
const writerOf = (privateKey: Hex): ChainWriter => createChainWriter({ profile: guards.profile, privateKey });
const ownersWei = (name: Name): Promise<bigint> => readCorBalance(anyone, ownerOf(name));
const proofOf = (name: Name): Promise<DutyPayProof | undefined> =>
  fetchDutyPay(addressOf(name), { chain: createDutyPayWatch(guards.reader), signal });
const boardOf = (privateKey: Hex) => {
  const chain = createGuardReader(writerOf(privateKey), systemClock);
  return { chain, board: createPublicDutyBooks(chain, createFetchSet({ chain })).board };
};

async function look(): Promise<void> {
  time = (await readHead(guards.reader)).timestamp;
  for (const validator of running.values()) {
    await validator.look();
    await validator.idle();
  }
}

/** What a router would show of every task: the same answer. */
async function makeEvidence(): Promise<void> {
  const asked = await startTestRouter({ name: "router" });
  await startScriptedMiner(asked, { name: "maker", script: HONEST });
  const { taskId } = await ask(asked, aRequest(asked, "a question", { temperature: 0 }));
  const document = await receiptOf(asked, taskId);
  const { receipt } = document;
  const outcome = await asked.gateway.evidence.find(taskId, "auditor");
  const bodies = outcome.kind === "found" ? outcome.evidence.bodies : [];
  evidence = { document, epoch: receipt.epoch, outputTokens: receipt.nOut, bodies, missing: [], proofs: [] };
  await tearDown();
}

/** A router that shows sets, of an operator that settles. */
async function openOperator(): Promise<void> {
  router = http.createServer((request, response) => {
    const bytes = sets.get((request.url ?? "").split("/").at(-1) ?? "");
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => router.listen(0, "127.0.0.1", resolve));
  const { port } = router.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  await registerNode(writerOf(OPERATOR_KEY), { signerKey: word("a router"), roles: ["router"], endpoint });
}

async function enrolMiner(): Promise<void> {
  const owner = writerOf(word("owner of the miner"));
  for (const to of [owner.account, addressOf("miner")]) await transferNative(anyone, { to, wei: COR });
  await transferCor(anyone, { to: owner.account, wei: STAKE_WEI });
  await stake(owner, { wei: STAKE_WEI });
  await registerNode(owner, { signerKey: MINER_KEY, roles: ["miner"], endpoint: "http://127.0.0.1:1" });
  await addAssessor(anyone, anyone.account);
  await assessNode(anyone, { node: addressOf("miner"), level: 4 });
}

function start(name: Name): void {
  const metrics = createMetrics();
  const { chain, board } = boardOf(keyOf(name));
  let made = 0;
  const validator = createValidator({
    // The miner claims by itself; the guards wait for more than these duties bring.
    config: { storeFolder: join(folder, `${name}`), pollMs: 1_000, claimMinWei: name === "miner" ? 1n : 10n ** 24n },
    signer: createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(metrics)),
    chain: {
      ...createValidatorChain(writerOf(keyOf(name))),
      // Of the chain that the test's router took its task's seed from.
      readBeacon: async (epoch) => beaconWithoutGuards(PROFILE.chainId, epoch),
    },
    ...{ log: silentLogger, clock: systemClock, metrics, random: () => 0 },
    source: {
      drawnFrom: (epoch, until) => board.drawnFrom(epoch, until),
      plantsOf: (epoch, until) => board.plantsOf(epoch, until),
      readRouterEndpoints: (lane) => chain.readRouterEndpoints(lane),
    },
    fetchEvidence: async () => evidence,
    openChecker: async () => {
      if (name === "lazy") throw new Error("no engine");
      return { engine: createScriptedEngine(HONEST) };
    },
    nowSeconds: () => time,
    randomBytes32: () => {
      made += 1;
      return word(`random ${made} of ${name}`);
    },
  });
  running.set(name, validator);
}

function aReceipt(index: number, account: number): BookedReceipt {
  const payees = [{ miner: MAKER, replica: 0, segment: 0, from: 0, to: 1, wei: FEE_WEI }];
  return {
    receipt: {
      ...{ taskId: word(`task ${index}`), account, operator: OPERATOR, feeWei: FEE_WEI, nIn: 1, nOut: 1, epoch: EPOCH },
      ...{ resultsHash: resultsHash([]), payeesHash: payeesHash(payees), custody: "self", finish: "stop" },
      splitsHash: splitsHash(splitsOf({ sessionClass: "validated", hasModelOwner: false })),
    },
    payees,
    results: [],
    proof: { batch: { root: ZERO_BYTES32, count: 1, sequence: 1 }, signer: OPERATOR, signature: "0x", path: [] },
    createdAtMs: 0,
  };
}

/** A settlement of validated tasks, as a router would make it. */
async function settle(): Promise<void> {
  const client = writerOf(CLIENT_KEY);
  const wei = FEE_WEI * BigInt(TASKS);
  await transferCor(anyone, { to: client.account, wei });
  const { account } = await openSession(client, { name: "validated" });
  await depositToSession(client, { account, wei });
  await setAllotment(client, { account, lane: OPERATOR, wei });
  const { chainId, addresses } = guards.profile;
  const debit = { account, lane: OPERATOR, cumulativeWei: wei, receiptsRoot: ZERO_BYTES32, count: TASKS, epoch: 0 };
  const domain = paymentDomain({ chainId, payment: addresses.sessionPayment });
  const signature = signDigest(typedDataDigest(domain, hashDebit(debit)), CLIENT_KEY);
  const receipts = Array.from({ length: TASKS }, (_, index) => aReceipt(index, account));
  const funds = { validators: addresses.dutyPay };
  const plan = planSettlement({ receipts, debits: [{ signed: { debit, signature }, settledWei: 0n }], ...funds });
  const { settlementRoot, setCid, bytes } = planSet(receipts, funds);
  sets.set(setCid, bytes);
  const credits = plan.credits.map((credit) => ({ payee: credit.payee, cumulativeWei: credit.wei }));
  await sendSettlement(writerOf(OPERATOR_KEY), {
    lane: OPERATOR,
    settlementRoot,
    setCid,
    debits: plan.debits,
    credits,
  });
}

beforeAll(async () => {
  await makeEvidence();
  guards = await RealGuards.open(LAZY + 1);
  anyone = writerOf(anvilKey(0));
  folder = await mkdtemp(join(tmpdir(), "duty-pay-"));
  await openOperator();
  await enrolMiner();
  for (const name of VALIDATORS) start(name);
}, 120_000);
afterAll(async () => {
  for (const validator of running.values()) await validator.stop();
  router?.closeAllConnections();
  await new Promise((resolve) => router.close(resolve));
  await guards?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the rule gives, from the tallies of who was paid for how many. */
async function byTheRule(): Promise<ReadonlyMap<Address, bigint>> {
  const found = await boardOf(anvilKey(0)).board.recompute(EPOCH, signal);
  if (found === "hidden") throw new Error(found);
  const duties = found.tallies.reduce((sum, { paid }) => sum + paid, 0);
  const eachWei = (((FEE_WEI * 900n) / 10_000n) * BigInt(TASKS)) / BigInt(duties);
  return new Map(found.tallies.map(({ validator, paid }) => [validator, eachWei * BigInt(paid)]));
}

describe("validators on a real chain, with guards that attest their pay", { timeout: 240_000 }, () => {
  it("check the tasks of an epoch whose settlement credits their part to the fund", async () => {
    await guards.toSlot(0, 0);
    await look();
    expect(await guards.attest(EPOCH - 1)).toBe(true);
    await settle();
    const { dutyPay } = guards.profile.addresses;
    const { creditedWei } = await readCredit(anyone, { lane: OPERATOR, payee: dutyPay });
    expect(creditedWei).toBe(((FEE_WEI * 900n) / 10_000n) * BigInt(TASKS));
    expect(await guards.attest(EPOCH)).toBe(true);
    await look();
    expect(await guards.attest(EPOCH + 1)).toBe(true);
    await look();
    expect(await proofOf("miner")).toBeUndefined();
  });

  it("have earned by the rule, to the wei: who did its duties the same for each, who missed them nothing", async () => {
    expect(await guards.attest(PAID_BY)).toBe(true);
    const wanted = await byTheRule();
    for (const name of VALIDATORS) {
      const proof = await proofOf(name);
      const wei = wanted.get(addressOf(name)) ?? 0n;
      expect([proof?.earnedWei, proof?.parts.epoch]).toEqual(name === "lazy" ? [undefined, undefined] : [wei, PAID_BY]);
      expect(wei > 0n).toBe(name !== "lazy");
    }
    const all = [...wanted.values()].reduce((sum, wei) => sum + wei, 0n);
    expect(10n * (wanted.get(addressOf("miner")) ?? 0n)).toBeGreaterThanOrEqual(3n * all);
  });

  it("claim by themselves what is worth it, and leave the rest", async () => {
    const before = await Promise.all(VALIDATORS.map(ownersWei));
    await look();
    const wanted = await byTheRule();
    const after = await Promise.all(VALIDATORS.map(ownersWei));
    const gained = VALIDATORS.map((name, index) => [name, (after[index] ?? 0n) - (before[index] ?? 0n)]);
    expect(gained).toEqual([
      [0, 0n],
      [1, 0n],
      ["lazy", 0n],
      ["miner", wanted.get(addressOf("miner"))],
    ]);
    expect(await readDutyPaid(anyone, addressOf("miner"))).toBe(wanted.get(addressOf("miner")));
  });

  it("are paid once, by no forged leaf and no other's proof; the claim is anybody's, the pay the owner's", async () => {
    const [proof, miners] = [await proofOf(0), await proofOf("miner")];
    if (proof === undefined || miners === undefined) throw new Error("guards show both");
    const refused = async (claimed: DutyPayProof, error: string): Promise<void> => {
      await expect(claimDutyPay(anyone, claimed)).rejects.toMatchObject({
        code: "CHAIN_REVERTED",
        message: expect.stringContaining(error),
      });
    };
    await refused({ ...proof, earnedWei: proof.earnedWei + 1n }, "EarnedUnproved");
    await refused({ ...proof, validator: addressOf("lazy") }, "EarnedUnproved");
    await refused({ ...miners, validator: addressOf(0) }, "EarnedUnproved");
    await refused({ ...proof, parts: { ...proof.parts, fromEpoch: proof.parts.fromEpoch - 1 } }, "RootForeign");
    await refused(miners, "NothingDue");
    const before = await ownersWei(0);
    await claimDutyPay(anyone, proof);
    expect((await ownersWei(0)) - before).toBe(proof.earnedWei);
    await refused(proof, "NothingDue");
    const fundWei = await readCorBalance(anyone, guards.profile.addresses.dutyPay);
    const paidWei = proof.earnedWei + miners.earnedWei;
    expect(fundWei).toBe(((FEE_WEI * 900n) / 10_000n) * BigInt(TASKS) - paidWei);
  });
});
