import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ChainWriter,
  createChainWriter,
  deployNetwork,
  depositToSession,
  type NetworkProfile,
  openSession,
  postWorkRecord,
  readHead,
  registerNode,
  sendSettlement,
  setAllotment,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  encodeSettlementSet,
  encodeWorkRecord,
  hashDebit,
  keccak256,
  paymentDomain,
  recordEpochAt,
  type SetEntry,
  type SettlementSet,
  setEntryId,
  signDigest,
  typedDataDigest,
  utf8ToBytes,
  type WorkTask,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { openSets, type ReadSet } from "../src/audit/readSets.js";

const COR = 10n ** 18n;
const FEE_WEI = 10n;
const NET_WEI = 8n;
const ROUTER_KEY = keccak256(utf8ToBytes("the operator's router"));
export const MODEL = keccak256(utf8ToBytes("a model"));

export const taskOf = (index: number): Bytes32 => keccak256(utf8ToBytes(`task ${index}`));
export const resultsOf = (index: number): Bytes32 => keccak256(utf8ToBytes(`results of task ${index}`));

/** A task that was done: its number, and its miner. */
export type DoneTask = { readonly index: number; readonly miner: Address };

/** A chain with a network's contracts and an operator that settles tasks and publishes their sets, and nothing else. */
export type SettlingNetwork = {
  readonly profile: NetworkProfile;
  readonly operator: ChainWriter;
  readonly folder: string;
  readonly readSet: ReadSet;
  /** With one of anvil's funded accounts. Number 0 owns everything, 1 is the client, 2 the operator. */
  writerOf(index: number): ChainWriter;
  /** Moves the chain's time forward and makes a block. */
  pass(seconds: number): Promise<void>;
  /** Goes to a second of chain time, unless it is over. */
  goTo(seconds: number): Promise<void>;
  /** Gives the epoch whose records have the settlement, and its set. */
  settle(tasks: readonly DoneTask[]): Promise<{ readonly epoch: number; readonly set: SettlementSet }>;
  /** Tells of tasks that began, ended and were delivered, and gives the epoch whose records have it, and its CID. */
  tell(tasks: readonly DoneTask[]): Promise<{ readonly epoch: number; readonly recordCid: Bytes32 }>;
  stop(): Promise<void>;
};

export async function startSettlingNetwork(epochSeconds: number): Promise<SettlingNetwork> {
  const anvil = await startAnvil({ chainId: 31_337 });
  const folder = mkdtempSync(join(tmpdir(), "cortensor-audit-"));
  const { chainId } = anvil;
  const of = { name: "test", chainId, rpcUrls: [anvil.url], privateKey: anvilKey(0), epochSeconds };
  const profile = await deployNetwork({ ...of, save: () => undefined });
  const writerOf = (index: number) => createChainWriter({ profile, privateKey: anvilKey(index) });
  const [owner, client, operator] = [writerOf(0), writerOf(1), writerOf(2)];
  const lane = operator.account;
  await transferCor(owner, { to: client.account, wei: 100n * COR });
  const { account } = await openSession(client, { name: "test" });
  await depositToSession(client, { account, wei: 20n * COR });
  await setAllotment(client, { account, lane, wei: 10n * COR });

  await transferNative(owner, { to: addressOfPrivateKey(ROUTER_KEY), wei: COR });
  await registerNode(operator, { signerKey: ROUTER_KEY, roles: ["router"], endpoint: "" });

  const credited = new Map<Address, bigint>();
  let count = 0;
  const pass = async (seconds: number): Promise<void> => {
    for (const [method, params] of [
      ["evm_increaseTime", [seconds]],
      ["evm_mine", []],
    ] as const)
      await owner.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
        method,
        params,
      });
  };
  return {
    profile,
    operator,
    folder,
    readSet: openSets(folder, new AbortController().signal),
    writerOf,
    pass,
    goTo: async (seconds) => {
      const { timestamp } = await readHead(owner);
      if (seconds > timestamp) await pass(seconds - timestamp);
    },
    settle: async (tasks) => {
      const set = encodeSettlementSet(tasks.map(toEntry));
      writeFileSync(join(folder, set.setCid), set.bytes);
      for (const { miner } of tasks) credited.set(miner, (credited.get(miner) ?? 0n) + NET_WEI);
      count += tasks.length;
      const cumulativeWei = FEE_WEI * BigInt(count);
      const debit = { account, lane, cumulativeWei, receiptsRoot: ZERO_BYTES32, count, epoch: 0 };
      const domain = paymentDomain({ chainId, payment: profile.addresses.sessionPayment });
      const signature = signDigest(typedDataDigest(domain, hashDebit(debit)), anvilKey(1));
      const payees = [...new Set(tasks.map(({ miner }) => miner))].sort();
      const credits = payees.map((payee) => ({ payee, cumulativeWei: credited.get(payee) ?? 0n }));
      const { settlementRoot, setCid } = set;
      await sendSettlement(operator, { lane, settlementRoot, setCid, debits: [{ debit, signature }], credits });
      return { epoch: recordEpochAt(profile, (await readHead(operator)).timestamp), set };
    },
    tell: async (tasks) => {
      const epoch = recordEpochAt(profile, (await readHead(operator)).timestamp);
      const ended = tasks.map(toWork).sort((left, right) => (left.id < right.id ? -1 : 1));
      const { bytes, ...posted } = encodeWorkRecord({ chainId, lane, epoch, begun: [], ended });
      writeFileSync(join(folder, posted.recordCid), bytes);
      const router = createChainWriter({ profile, privateKey: ROUTER_KEY });
      await postWorkRecord(router, { lane, epoch, ...posted, begun: tasks.length, ended: tasks.length });
      return { epoch, recordCid: posted.recordCid };
    },
    stop: async () => {
      await anvil.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toWork({ index, miner }: DoneTask): WorkTask {
  const made = { nIn: 10, nOut: 101, tFirstMs: 100, tTotalMs: 1_100 };
  const part = { replica: 0, segment: 0, miner, kernelClass: ZERO_BYTES32, outcome: "delivered" as const, ...made };
  return { id: setEntryId(taskOf(index)), modelId: MODEL, isSeeded: false, hasBegun: true, parts: [part] };
}

function toEntry({ index, miner }: DoneTask): SetEntry {
  const payees = [{ payee: miner, netWei: NET_WEI }];
  return { id: setEntryId(taskOf(index)), resultsHash: resultsOf(index), feeWei: FEE_WEI, payees };
}
