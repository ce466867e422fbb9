import {
  type Bytes32,
  concatBytes,
  type GuardSet,
  hexToBytes,
  SOLANA_VERDICTS,
  type SolanaShares,
  type SolanaVerdictKind,
  type SolanaVerdictsHead,
  type SolanaVerdictsRoot,
} from "@cortensor/protocol";
import {
  type AccountMeta,
  AccountRole,
  type Address,
  address,
  getAddressEncoder,
  type Instruction,
  type TransactionSigner,
} from "@solana/kit";
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { escrowAddress, hubAddress, type SolanaHubPlace, taskAddress } from "./hubAddresses.js";
import type { HubState, TaskState } from "./hubState.js";

/** The program's numbers of instructions, in its order. */
export const HUB_INSTRUCTIONS = [
  ...["makeHub", "open", "assign", "write", "commit", "accept"],
  ...["judge", "expire", "payout", "close", "postRoot", "changeGuards"],
] as const;

const SYSTEM_PROGRAM = address("11111111111111111111111111111111");
const COMPUTE_PROGRAM = address("ComputeBudget111111111111111111111111111111");
/** Eleven signatures at 25,000 units, and all the rest. */
const POST_UNITS = 400_000;
/** Bytes of an answer that one transaction carries beside its two accounts. */
export const ANSWER_PART_BYTES = 900;

const keyBytes = (key: Address): Uint8Array => new Uint8Array(getAddressEncoder().encode(key));
const read = (of: Address): AccountMeta => ({ address: of, role: AccountRole.READONLY });
const write = (of: Address): AccountMeta => ({ address: of, role: AccountRole.WRITABLE });
const signing = (signer: TransactionSigner, role: AccountRole.READONLY_SIGNER | AccountRole.WRITABLE_SIGNER) => ({
  address: signer.address,
  role,
  signer,
});

function little(value: number | bigint, bytes: number): Uint8Array {
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, BigInt(value), true);
  return word.subarray(0, bytes);
}

function build(
  program: Address,
  name: (typeof HUB_INSTRUCTIONS)[number],
  accounts: readonly AccountMeta[],
  ...fields: readonly Uint8Array[]
): Instruction {
  const data = concatBytes(Uint8Array.of(HUB_INSTRUCTIONS.indexOf(name)), ...fields);
  return { programAddress: program, accounts, data };
}

/** Guards of a set as the program takes them: by address, each with its stake in 12 bytes. */
function packMembers({ members }: GuardSet): Uint8Array {
  const packed = members.map(({ guard, stakeWei }) =>
    concatBytes(hexToBytes(guard), hexToBytes(`0x${stakeWei.toString(16).padStart(24, "0")}`)),
  );
  return concatBytes(Uint8Array.of(members.length), ...packed);
}

/** Makes a network's hub at the maker's own address. Nobody has a say over it afterwards but its guards. */
export async function buildMakeHub(parts: {
  readonly program: Address;
  readonly maker: TransactionSigner;
  readonly mint: Address;
  /** Whose token account takes the network's share. */
  readonly treasury: Address;
  /** `domainSeparator` of what guards sign under. */
  readonly domain: Bytes32;
  /** `solanaHubId`. */
  readonly subject: number;
  readonly shares: SolanaShares;
  readonly set: GuardSet;
}): Promise<Instruction> {
  const { program, maker, mint, treasury, domain, subject, shares, set } = parts;
  const hub = await hubAddress(program, maker.address);
  const accounts = [signing(maker, AccountRole.WRITABLE_SIGNER), write(hub), read(mint), read(SYSTEM_PROGRAM)];
  const split = concatBytes(little(shares.routerBps, 2), little(shares.networkBps, 2));
  const guards = concatBytes(little(set.epoch, 8), packMembers(set));
  return build(program, "makeHub", accounts, hexToBytes(domain), little(subject, 8), split, keyBytes(treasury), guards);
}

/** What a client opens a task with. */
export type SolanaTaskOrder = {
  readonly client: TransactionSigner;
  readonly taskId: Bytes32;
  readonly router: Address;
  /** Locked until it is decided, in the mint's smallest unit. */
  readonly amount: bigint;
  readonly workSeconds: number;
  /** Bytes that the answer may have: their rent is the client's, and comes back. */
  readonly answerRoom: number;
  /** See `encodeSolanaRequest`. */
  readonly request: Uint8Array;
};

/** Opens a task: out of the client's associated token account into the task's own. */
export async function buildOpenTask(
  place: SolanaHubPlace,
  hub: Pick<HubState, "mint">,
  order: SolanaTaskOrder,
): Promise<Instruction> {
  const { client, taskId, router, amount, workSeconds, answerRoom, request } = order;
  const task = await taskAddress(place, { client: client.address, taskId });
  const accounts = [
    signing(client, AccountRole.WRITABLE_SIGNER),
    read(place.hub),
    write(task),
    write(await escrowAddress(place.program, task)),
    write(await tokensOf(client.address, hub.mint)),
    read(hub.mint),
    read(TOKEN_PROGRAM_ADDRESS),
    read(SYSTEM_PROGRAM),
  ];
  const bounds = concatBytes(little(amount, 8), little(workSeconds, 2), little(answerRoom, 2));
  return build(place.program, "open", accounts, hexToBytes(taskId), keyBytes(router), bounds, request);
}

type TaskBy = { readonly program: Address; readonly task: Address; readonly by: TransactionSigner };
const byOne = ({ task, by }: TaskBy) => [signing(by, AccountRole.READONLY_SIGNER), write(task)];

export function buildAssign(of: TaskBy, miner: Address): Instruction {
  return build(of.program, "assign", byOne(of), keyBytes(miner));
}

/** The answer in parts, each of which a transaction holds, in their order. */
export function buildWrites(of: TaskBy, answer: Uint8Array): readonly Instruction[] {
  const count = Math.ceil(answer.length / ANSWER_PART_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const from = index * ANSWER_PART_BYTES;
    return build(of.program, "write", byOne(of), little(from, 2), answer.subarray(from, from + ANSWER_PART_BYTES));
  });
}

export function buildCommit(
  of: TaskBy,
  said: { readonly resultHash: Bytes32; readonly fee: bigint; readonly answerBytes: number },
): Instruction {
  const numbers = concatBytes(little(said.fee, 8), little(said.answerBytes, 2));
  return build(of.program, "commit", byOne(of), hexToBytes(said.resultHash), numbers);
}

export function buildAccept(of: TaskBy): Instruction {
  return build(of.program, "accept", byOne(of));
}

/** Shows a verdict under a root that guards have signed. */
export function buildJudge(
  place: SolanaHubPlace,
  of: {
    readonly task: Address;
    readonly epoch: number;
    readonly verdict: SolanaVerdictKind;
    readonly path: readonly Bytes32[];
  },
): Instruction {
  const verdict = Uint8Array.of(1 + SOLANA_VERDICTS.indexOf(of.verdict));
  const path = of.path.map((step) => hexToBytes(step));
  return build(place.program, "judge", [read(place.hub), write(of.task)], little(of.epoch, 8), verdict, ...path);
}

export function buildExpire({ program }: SolanaHubPlace, task: Address): Instruction {
  return build(program, "expire", [write(task)]);
}

/** Pays what was decided, into everybody's associated token account. Those have to be there. */
export async function buildPayout(
  place: SolanaHubPlace,
  hub: HubState,
  task: Pick<TaskState, "address" | "client" | "router" | "miner">,
): Promise<Instruction> {
  const { mint, treasury } = hub;
  const accounts = [
    read(place.hub),
    write(task.address),
    write(await escrowAddress(place.program, task.address)),
    read(mint),
    write(task.client),
    write(await tokensOf(task.client, mint)),
    write(await tokensOf(task.miner, mint)),
    write(await tokensOf(task.router, mint)),
    write(await tokensOf(treasury, mint)),
    read(TOKEN_PROGRAM_ADDRESS),
  ];
  return build(place.program, "payout", accounts);
}

/** Gives the account's rent back to its client, an hour after the task ended. */
export function buildCloseTask({ program, task, by }: TaskBy): Instruction {
  return build(program, "close", [signing(by, AccountRole.WRITABLE_SIGNER), write(task)]);
}

/** Posts a root with its quorum, and the compute units that so many signatures take. */
export function buildPostRoot(
  place: SolanaHubPlace,
  of: Pick<SolanaVerdictsHead, "epoch" | "nextSetHash"> &
    Pick<SolanaVerdictsRoot, "count" | "merkleRoot"> & { readonly packed: Uint8Array },
): readonly Instruction[] {
  const units = concatBytes(Uint8Array.of(2), little(POST_UNITS, 4));
  const numbers = concatBytes(little(of.epoch, 8), little(of.count, 4));
  const hashes = concatBytes(hexToBytes(of.merkleRoot), hexToBytes(of.nextSetHash));
  return [
    { programAddress: COMPUTE_PROGRAM, data: units },
    build(place.program, "postRoot", [write(place.hub)], numbers, hashes, of.packed),
  ];
}

/** Shows the set that a posted root names: from then on it signs. */
export function buildChangeGuards(place: SolanaHubPlace, rootEpoch: number, set: GuardSet): Instruction {
  const epochs = concatBytes(little(rootEpoch, 8), little(set.epoch, 8));
  return build(place.program, "changeGuards", [write(place.hub)], epochs, packMembers(set));
}

async function tokensOf(owner: Address, mint: Address): Promise<Address> {
  const [token] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
  return token;
}
