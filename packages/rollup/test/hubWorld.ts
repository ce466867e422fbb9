import { randomBytes } from "node:crypto";
import {
  buildMakeHub,
  buildOpenTask,
  buildPostRoot,
  connectSolana,
  type HubRefusal,
  type HubState,
  hubAddress,
  hubRefusalIn,
  parseSolanaKey,
  readHub,
  readTask,
  type SolanaCluster,
  type SolanaHubPlace,
  type SolanaTaskOrder,
  sendSolana,
  solanaKeyToHex,
  type TaskState,
  taskAddress,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  type Bytes32,
  bytesToHex,
  domainSeparator,
  encodeQuorum,
  type GuardSet,
  guardSet,
  guardSetHash,
  guardsDomain,
  type Hex,
  hasCode,
  type SolanaVerdict,
  type SolanaVerdictsRoot,
  signAttestation,
  solanaHubId,
  solanaVerdictsRoot,
} from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { type Address, generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { LOCAL_TASK_PROGRAM, type RunningSvm, readTaskProgram, startSvm } from "../src/index.js";

const RULES = { slotMs: 1_000, confirmedSlots: 1, finalSlots: 2 };
/** What the token program refuses, and what the runtime lets no program do. */
const INNER = /custom program error: #\d{1,3}\D|unauthorized signer or writable account/;
const START_MS = 1_700_000_000_000;
const GIFT = 1_000_000_000_000n;
export const SHARES = { routerBps: 1_000, networkBps: 500 };
export const DOMAIN = guardsDomain({ chainId: 31_337, guards: `0x${"a7".repeat(20)}` });

/** Five guards of one stake, with the keys that they sign with on EVM chains. */
export const GUARD_KEYS: readonly Hex[] = Array.from(
  { length: 5 },
  (_, index): Hex => `0x${`0${index + 1}`.repeat(32)}`,
);
export const stakesOf = (keys: readonly Hex[], epoch = 0, stakeWei = 100n): GuardSet =>
  guardSet(
    epoch,
    keys.map((key) => ({ guard: addressOfPrivateKey(key), stakeWei })),
  );
export const SET = stakesOf(GUARD_KEYS);

/** A cluster with the program, a network's hub, and everybody who takes part in a task. A slot is a second; each transaction gets one of its own. */
export type HubWorld = {
  readonly svm: RunningSvm;
  readonly cluster: SolanaCluster;
  readonly place: SolanaHubPlace;
  readonly hub: HubState;
  readonly client: KeyPairSigner;
  readonly people: Readonly<Record<"client" | "router" | "miner" | "treasury" | "stranger", KeyPairSigner>>;
  send(instructions: readonly Instruction[], payer?: KeyPairSigner): Promise<Hex>;
  /** Why the program refuses. */
  refusal(instructions: readonly Instruction[], payer?: KeyPairSigner): Promise<HubRefusal | undefined>;
  /** How a transaction ends: taken, refused by the program's name or by a program that it calls. Whatever else happens is thrown. */
  outcome(instructions: readonly Instruction[], payer?: KeyPairSigner): Promise<HubRefusal | "taken" | "inner">;
  open(order?: Partial<SolanaTaskOrder>): Promise<Address>;
  task(at: Address): Promise<TaskState>;
  readHub(): Promise<HubState>;
  balanceOf(owner: Address): Promise<bigint>;
  /** The next epoch's root of these verdicts, and the instructions that post it with these guards' signatures. */
  root(of: {
    readonly verdicts: readonly SolanaVerdict[];
    readonly epoch?: number;
    readonly keys?: readonly Hex[];
    readonly next?: GuardSet;
    readonly set?: GuardSet;
  }): SignedRoot;
  seconds(count: number): void;
};

export type SignedRoot = {
  readonly epoch: number;
  readonly root: SolanaVerdictsRoot;
  readonly post: readonly Instruction[];
};

export const tokensOf = async (owner: Address, mint: Address): Promise<Address> =>
  (await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];

export const freshId = (): Bytes32 => bytesToHex(new Uint8Array(randomBytes(32)));

async function startHubSvm(): Promise<RunningSvm> {
  return startSvm({
    port: 0,
    seed: new Uint8Array(randomBytes(32)),
    clock: createManualClock(START_MS),
    rules: RULES,
    hasAirdrops: true,
    isTicking: false,
    programs: [{ address: LOCAL_TASK_PROGRAM, code: await readTaskProgram() }],
    onError: (error) => {
      throw error;
    },
  });
}

export async function startHubWorld(): Promise<HubWorld> {
  const svm = await startHubSvm();
  const cluster = await connectSolana({ url: svm.url, genesisHash: parseSolanaKey(svm.genesisHash) });
  const [maker, client, router, miner, treasury, stranger] = await Promise.all([
    ...[generateKeyPairSigner(), generateKeyPairSigner(), generateKeyPairSigner()],
    ...[generateKeyPairSigner(), generateKeyPairSigner(), generateKeyPairSigner()],
  ]);
  if (!maker || !client || !router || !miner || !treasury || !stranger) throw new Error("six keys were made");
  for (const one of [maker, client, router, miner, stranger]) {
    await svm.faucet.giveLamports(one.address, 50_000_000_000n);
    await svm.faucet.giveCor(one.address, one === client || one === stranger ? GIFT : 0n);
  }
  await svm.faucet.giveCor(treasury.address, 0n);
  svm.advance(4);
  const { mint } = svm.faucet;
  const place = { program: LOCAL_TASK_PROGRAM, hub: await hubAddress(LOCAL_TASK_PROGRAM, maker.address) };
  const send = async (instructions: readonly Instruction[], payer = client): Promise<Hex> => {
    const { signature } = await sendSolana(cluster, { payer, instructions });
    svm.advance(1);
    return signature;
  };
  const subject = solanaHubId(cluster.genesisHash, solanaKeyToHex(place.hub));
  const making = { program: place.program, maker, mint, treasury: treasury.address, subject, shares: SHARES };
  await send([await buildMakeHub({ ...making, domain: domainSeparator(DOMAIN), set: SET })], maker);
  svm.advance(3);
  const hub = await readHub(cluster, place);
  let epochs = 0;
  const nextEpoch = () => {
    epochs += 1;
    return epochs;
  };
  return {
    svm,
    cluster,
    place,
    hub,
    client,
    people: { client, router, miner, treasury, stranger },
    send,
    async refusal(instructions, payer = client) {
      try {
        await send(instructions, payer);
        return undefined;
      } catch (error) {
        const named = hubRefusalIn(error);
        if (named === undefined) throw error;
        return named;
      }
    },
    async outcome(instructions, payer = client) {
      try {
        await send(instructions, payer);
        return "taken";
      } catch (error) {
        const named = hubRefusalIn(error);
        if (named !== undefined) return named;
        if (hasCode(error, "SOLANA_REFUSED") && INNER.test(error.message)) return "inner";
        throw error;
      }
    },
    async open(order = {}) {
      const taskId = freshId();
      const rest = { amount: 100n, workSeconds: 60, answerRoom: 64, request: Uint8Array.of(1) };
      const whole = { client, taskId, router: router.address, ...rest, ...order };
      await send([await buildOpenTask(place, hub, whole)], client);
      return taskAddress(place, { client: whole.client.address, taskId: whole.taskId });
    },
    async task(at) {
      const task = await readTask(cluster, place, at);
      if (task === undefined) throw new Error("there is no such task");
      return task;
    },
    readHub: () => readHub(cluster, place, "confirmed"),
    async balanceOf(owner) {
      const of = await tokensOf(owner, mint);
      const asked = cluster.rpc.getTokenAccountBalance(of, { commitment: "processed" });
      return BigInt((await asked.send()).value.amount);
    },
    root({ verdicts, epoch = nextEpoch(), keys = GUARD_KEYS.slice(0, 4), next = SET, set = SET }) {
      const head = { hub: solanaKeyToHex(place.hub), epoch, nextSetHash: guardSetHash(next) };
      const root = solanaVerdictsRoot(head, verdicts);
      const attestation = { subjectChainId: subject, kind: "solanaDeposits", epoch, root: root.root } as const;
      const signatures = keys.map((key) => ({
        guard: addressOfPrivateKey(key),
        signature: signAttestation(DOMAIN, attestation, key).signature,
      }));
      const packed = encodeQuorum(set, signatures);
      return { epoch, root, post: buildPostRoot(place, { ...head, ...root, packed }) };
    },
    seconds: (count) => svm.advance(count),
  };
}
