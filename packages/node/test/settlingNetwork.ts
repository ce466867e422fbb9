import { type BookedReceipt, type Books, createMemoryBooks } from "@cortensor/books";
import {
  addSpendingKey,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  depositToSession,
  type NetworkProfile,
  openSession,
  readCredit,
  readEarnings,
  registerNode,
  setAllotment,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  type Address,
  addressOfPrivateKey,
  type Custody,
  type Hex,
  keccak256,
  payeesHash,
  paymentDomain,
  resultsHash,
  signDigest,
  splitsHash,
  splitsOf,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { type Clock, createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createRouterMetrics } from "../src/router/metrics.js";
import { SessionMirror } from "../src/router/mirrorSessions.js";
import { createRouterChain, type RouterChain } from "../src/router/routerChain.js";
import { SessionBook } from "../src/router/sessionBook.js";
import { Settler } from "../src/router/settle.js";

export const COR = 10n ** 18n;
/** Miners of each test's own: books that begin empty know of no credit that an earlier test's gave. */
export let ALICE: Address;
export let BOB: Address;
let tests = 0;
beforeEach(() => {
  tests += 1;
  const [alice, bob] = ["alice", "bob"].map((name) => addressOfPrivateKey(keccak256(utf8ToBytes(`${name} ${tests}`))));
  if (alice === undefined || bob === undefined) throw new Error("two names make two addresses");
  [ALICE, BOB] = [alice, bob];
});
const OPERATOR_KEY = anvilKey(1);
export const CLIENT_KEY = anvilKey(2);
export const SPENDER_KEY = anvilKey(3);
export const OPERATOR = addressOfPrivateKey(OPERATOR_KEY);

let anvil: RunningAnvil;
export let profile: NetworkProfile;
export let treasury: ChainWriter;
export let operator: ChainWriter;
export let client: ChainWriter;
const signers: ChainWriter[] = [];

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  profile = await deployNetwork({
    name: "test",
    chainId: anvil.chainId,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds: 30,
    save: () => undefined,
  });
  treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  operator = createChainWriter({ profile, privateKey: OPERATOR_KEY });
  client = createChainWriter({ profile, privateKey: CLIENT_KEY });
  for (const writer of [operator, client]) await transferCor(treasury, { to: writer.account, wei: 1_000n * COR });
});
afterAll(() => anvil.stop());

type Desk = {
  readonly books: Books;
  readonly chain: RouterChain;
  readonly settler: Settler;
  readonly mirror: SessionMirror;
  readonly signerKey: Hex;
};

/** The settling half of a router: what a new process would put together, with a key of its own or one of before. */
export async function openDesk(
  books: Books,
  change: Partial<RouterChain> = {},
  again: { readonly signerKey?: Hex; readonly clock?: Clock } = {},
): Promise<Desk> {
  const signerKey = again.signerKey ?? (await registerRouter());
  const writer = createChainWriter({ profile, privateKey: signerKey });
  signers.push(writer);
  const reader = createChainReader({ profile });
  const chain = { ...createRouterChain({ reader, writer, lane: OPERATOR }), ...change };
  const sessions = new SessionBook({ books, chain });
  const spenders = [OPERATOR_KEY, SPENDER_KEY].map(toSigner);
  const time = { epoch: () => 0, chainSeconds: () => 0 };
  const shared = { chain, sessions, books, operator: OPERATOR, log: silentLogger };
  const metrics = createRouterMetrics(createMetrics(), {
    running: () => 0,
    miners: () => 0,
    verifiedMiners: () => 0,
    receiptsPending: () => 0,
  });
  const settler = new Settler({
    ...shared,
    domain: paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment }),
    spenders,
    time,
    receiptsMin: 1,
    ageMs: 1_000_000,
    finalityBlocks: 2,
    clock: again.clock ?? systemClock,
    metrics,
    publishSet: async () => undefined,
    onSettled: () => undefined,
  });
  const mirror = new SessionMirror({
    ...shared,
    spenders: spenders.map(({ address }) => address),
    time,
    chunkWei: COR,
    cards: () => [],
    onChanged: () => undefined,
  });
  await mirror.round();
  return { books, chain, settler, mirror, signerKey };
}

async function registerRouter(): Promise<Hex> {
  const signerKey = keccak256(utf8ToBytes(`router ${signers.length}`));
  await registerNode(operator, { signerKey, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  await transferNative(treasury, { to: addressOfPrivateKey(signerKey), wei: COR });
  return signerKey;
}

function toSigner(key: Hex) {
  return { address: addressOfPrivateKey(key), sign: (digest: Hex) => signDigest(digest, key) };
}

export async function openAccount(owner: ChainWriter, wei = 10n * COR): Promise<number> {
  const { account } = await openSession(owner, { name: "test" });
  await depositToSession(owner, { account, wei });
  await setAllotment(owner, { account, lane: OPERATOR, wei });
  return account;
}

/** A client's account, with a key of the router's allowed to spend of it. */
export async function delegate({ capPerEpochWei }: { readonly capPerEpochWei: bigint }): Promise<number> {
  const account = await openAccount(client);
  const key = addressOfPrivateKey(SPENDER_KEY);
  await addSpendingKey(client, { account, key, capPerEpochWei, totalCapWei: COR, expires: 4_000_000_000 });
  return account;
}

let tasks = 0;

export function aReceipt(
  account: number,
  custody: Custody,
  paid: readonly (readonly [Address, bigint])[],
): BookedReceipt {
  tasks += 1;
  const payees = paid.map(([miner, wei], segment) => ({
    miner,
    replica: 0,
    segment,
    from: segment,
    to: segment + 1,
    wei,
  }));
  return {
    receipt: {
      taskId: keccak256(utf8ToBytes(`task ${tasks}`)),
      account,
      operator: OPERATOR,
      resultsHash: resultsHash([]),
      payeesHash: payeesHash(payees),
      feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n),
      nIn: 1,
      nOut: payees.length,
      custody,
      finish: "stop",
      epoch: 0,
      splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    },
    payees,
    results: [],
    proof: { batch: { root: ZERO_BYTES32, count: 1, sequence: 1 }, signer: OPERATOR, signature: "0x", path: [] },
    createdAtMs: 0,
  };
}

async function rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
  return treasury.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method,
    params,
  });
}

export async function mine(blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block += 1) await rpc("evm_mine");
}

/** Whether each transaction gets a block at once. */
export async function automine(isOn: boolean): Promise<void> {
  await rpc("evm_setAutomine", [isOn]);
}

/** The hash of the one transaction that waits for a block. */
export async function untilWaiting(): Promise<string> {
  for (;;) {
    const { pending } = (await rpc("txpool_content")) as {
      readonly pending: Record<string, Record<string, { readonly hash: string }>>;
    };
    const [waiting, ...others] = Object.values(pending).flatMap((own) => Object.values(own));
    if (waiting !== undefined && others.length === 0) return waiting.hash;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const credits = async () => ({
  alice: (await readCredit(treasury, { lane: OPERATOR, payee: ALICE })).creditedWei,
  bob: (await readCredit(treasury, { lane: OPERATOR, payee: BOB })).creditedWei,
  operator: (await readEarnings(treasury, OPERATOR)).maturingWei,
});

export async function difference(work: () => Promise<void>) {
  const before = await credits();
  await work();
  const after = await credits();
  return {
    alice: after.alice - before.alice,
    bob: after.bob - before.bob,
    operator: after.operator - before.operator,
  };
}

export const emptyBooks = (): Books => createMemoryBooks({ lane: OPERATOR, clock: systemClock });
