import {
  type Bytes32,
  bytesToHex,
  type GuardSet,
  guardSet,
  isAddress,
  SOLANA_PHASES,
  type SolanaPhase,
  type SolanaReason,
  type SolanaShares,
  type UnixSeconds,
} from "@cortensor/protocol";
import { type Address, getAddressDecoder } from "@solana/kit";

const HUB_MAGIC = 0x314255484e544f43n;
const TASK_MAGIC = 0x314b53544e544f43n;
const HUB_BYTES = 1_672;
export const TASK_HEAD_BYTES = 312;
const GUARDS_AT = 168;
const ROOTS_AT = 520;
const ROOT_BYTES = 72;

/** Where readers look for tasks by equal bytes. */
export const TASK_OFFSETS = { hub: 8, router: 104, commitSpan: 288, phase: 294 } as const;
/** Seconds of one span: commits of an epoch of 600 s lie in two at most. */
export const COMMIT_SPAN_SECONDS = 4_096;

/** A root that a hub keeps. */
export type HubRoot = { readonly epoch: number; readonly merkleRoot: Bytes32; readonly nextSetHash: Bytes32 };

/** A network's hub. */
export type HubState = {
  readonly mint: Address;
  readonly treasury: Address;
  readonly domain: Bytes32;
  readonly subject: number;
  readonly decimals: number;
  readonly shares: SolanaShares;
  /** Who signs now. */
  readonly set: GuardSet;
  /** Of the last epochs, in no order. */
  readonly roots: readonly HubRoot[];
};

/** A task's account. */
export type TaskState = {
  readonly address: Address;
  readonly hub: Address;
  readonly taskId: Bytes32;
  readonly client: Address;
  readonly router: Address;
  /** Zero before it is assigned. */
  readonly miner: Address;
  readonly escrow: Address;
  readonly resultHash: Bytes32;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly minerAmount: bigint;
  readonly openedAt: UnixSeconds;
  readonly atSeconds: UnixSeconds;
  readonly deadlineSeconds: UnixSeconds;
  /** Zero before. */
  readonly committedAt: UnixSeconds;
  readonly workSeconds: number;
  readonly phase: SolanaPhase;
  readonly reason: SolanaReason | undefined;
  readonly shares: SolanaShares;
  readonly answerRoom: number;
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
};

/** The program's order of reasons, none first. */
const REASONS: readonly (SolanaReason | undefined)[] = [
  undefined,
  "unassigned",
  "unanswered",
  "accepted",
  "unopposed",
  "refused",
  "attested",
];

/** Reads a hub's account; undefined for bytes that are none. */
export function decodeHub(data: Uint8Array): HubState | undefined {
  if (data.length !== HUB_BYTES) return undefined;
  const from = new Fields(data);
  if (from.u64(0) !== HUB_MAGIC) return undefined;
  const members = Array.from({ length: from.u8(166) }, (_, place) => {
    const at = GUARDS_AT + 32 * place;
    const guard = from.hex(at, 20);
    return isAddress(guard) ? [{ guard, stakeWei: BigInt(from.hex(at + 20, 12)) }] : [];
  }).flat();
  return {
    mint: from.key(40),
    treasury: from.key(72),
    domain: from.hex(104, 32),
    subject: from.number(136),
    decimals: from.u8(164),
    shares: { routerBps: from.u16(160), networkBps: from.u16(162) },
    set: guardSet(from.number(144), members),
    roots: Array.from({ length: from.u8(167) }, (_, place) => {
      const at = ROOTS_AT + ROOT_BYTES * place;
      return { epoch: from.number(at), merkleRoot: from.hex(at + 8, 32), nextSetHash: from.hex(at + 40, 32) };
    }),
  };
}

/** Reads a task's account; undefined for bytes that are none. */
export function decodeTask(address: Address, data: Uint8Array): TaskState | undefined {
  if (data.length < TASK_HEAD_BYTES) return undefined;
  const from = new Fields(data);
  const phase = SOLANA_PHASES[from.u8(TASK_OFFSETS.phase)];
  if (from.u64(0) !== TASK_MAGIC || phase === undefined) return undefined;
  const requestEnd = TASK_HEAD_BYTES + from.u16(302);
  return {
    address,
    hub: from.key(8),
    taskId: from.hex(40, 32),
    client: from.key(72),
    router: from.key(104),
    miner: from.key(136),
    escrow: from.key(168),
    resultHash: from.hex(200, 32),
    amount: from.u64(232),
    fee: from.u64(240),
    minerAmount: from.u64(248),
    openedAt: from.number(256),
    atSeconds: from.number(264),
    deadlineSeconds: from.number(272),
    committedAt: from.number(280),
    workSeconds: from.u16(292),
    phase,
    reason: REASONS[from.u8(295)],
    shares: { routerBps: from.u16(296), networkBps: from.u16(298) },
    answerRoom: from.u16(306),
    request: data.slice(TASK_HEAD_BYTES, requestEnd),
    answer: data.slice(requestEnd, requestEnd + from.u16(304)),
  };
}

/** The fields of one account, little-endian. */
class Fields {
  readonly #data: Uint8Array;
  readonly #view: DataView;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  number(at: number): number {
    return Number(this.u64(at));
  }

  hex(at: number, bytes: number): `0x${string}` {
    return bytesToHex(this.#data.subarray(at, at + bytes));
  }

  key(at: number): Address {
    return getAddressDecoder().decode(this.#data, at);
  }
}
