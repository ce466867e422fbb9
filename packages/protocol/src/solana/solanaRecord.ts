import { utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { type Address, type Bytes32, isAddress, isBytes32 } from "../primitives.js";
import { MEMO_BYTES_MAX, SPL_AMOUNT_MAX } from "./limits.js";

/** Whom a deposit is for: a session that is open, by its index, or a wallet that opens one with it. */
export type DepositTarget =
  | { readonly kind: "session"; readonly account: number }
  | { readonly kind: "wallet"; readonly address: Address };

/** The network that a record speaks to: its chain, and its `SessionPayment` there. */
export type RecordNetwork = { readonly chainId: number; readonly network: Address };

/** Names where a deposit's money goes. The nonce is the sender's own, to tell its deposits apart; nothing rests on it. */
export type DepositRecord = RecordNetwork & {
  readonly kind: "deposit";
  readonly to: DepositTarget;
  readonly nonce: bigint;
};

/** What parties of a task say of it in memos. Keys are Solana's, as 32 bytes. */
export type TaskRecord =
  | (RecordNetwork & {
      readonly kind: "open";
      readonly taskId: Bytes32;
      /** Who may assign it. */
      readonly router: Bytes32;
      readonly workSeconds: number;
    })
  | { readonly kind: "assign"; readonly taskId: Bytes32; readonly miner: Bytes32 }
  | { readonly kind: "commit"; readonly taskId: Bytes32; readonly resultHash: Bytes32; readonly fee: bigint }
  | { readonly kind: "accept"; readonly taskId: Bytes32 }
  | { readonly kind: "refuse"; readonly taskId: Bytes32 }
  | { readonly kind: "payout"; readonly taskId: Bytes32 };

/** What a memo of this network says. */
export type SolanaRecord = DepositRecord | TaskRecord;

/** A memo, read: a record, somebody else's words, or ours gone wrong. */
export type ReadMemo =
  | { readonly kind: "record"; readonly record: SolanaRecord }
  | { readonly kind: "foreign" }
  | { readonly kind: "bad"; readonly reason: string };

const PREFIX = "cortensor:1:";
const U32_MAX = 2n ** 32n - 1n;
/** Longest time for the work of one task, as in the session queue. */
export const SOLANA_WORK_SECONDS_MAX = 3_600;
const UINT = /^(?:0|[1-9]\d{0,19})$/;
const SESSION = /^session-(?:0|[1-9]\d{0,9})$/;

/**
 * A record as the text of a memo: `cortensor:1:<kind>:<field>:…`, numbers in decimal without leading zeros, bytes as lower-case hex. One text for
 * each record. Throws PROTOCOL_BAD_RECORD for what `readSolanaMemo` wouldn't read back.
 */
export function formatSolanaRecord(record: SolanaRecord): string {
  const text = `${PREFIX}${[record.kind, ...fieldsOf(record)].join(":")}`;
  const read = readSolanaMemo(text);
  if (read.kind === "record") return text;
  const reason = read.kind === "bad" ? read.reason : "no record";
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "solana memo", reason });
}

/** Reads a memo's text, strictly: whatever differs from `formatSolanaRecord`'s text by a character is no record. */
export function readSolanaMemo(text: string): ReadMemo {
  if (!text.startsWith(PREFIX)) return { kind: "foreign" };
  if (utf8ToBytes(text).length > MEMO_BYTES_MAX) return bad("it is too long");
  const [kind, ...fields] = text.slice(PREFIX.length).split(":");
  try {
    return { kind: "record", record: recordOf(kind, new Fields(fields)) };
  } catch (error) {
    if (error instanceof BadField) return bad(error.message);
    throw error;
  }
}

function fieldsOf(record: SolanaRecord): readonly (string | number | bigint)[] {
  switch (record.kind) {
    case "deposit":
      return [record.chainId, record.network, formatTarget(record.to), record.nonce];
    case "open":
      return [record.chainId, record.network, record.taskId, record.router, record.workSeconds];
    case "assign":
      return [record.taskId, record.miner];
    case "commit":
      return [record.taskId, record.resultHash, record.fee];
    case "accept":
    case "refuse":
    case "payout":
      return [record.taskId];
  }
}

function recordOf(kind: string | undefined, fields: Fields): SolanaRecord {
  switch (kind) {
    case "deposit":
      return fields.last({
        kind,
        ...fields.network(),
        to: fields.target(),
        nonce: fields.uint("nonce", SPL_AMOUNT_MAX),
      });
    case "open": {
      const head = { kind, ...fields.network(), taskId: fields.word("taskId"), router: fields.word("router") } as const;
      return fields.last({ ...head, workSeconds: fields.whole("workSeconds", 1, SOLANA_WORK_SECONDS_MAX) });
    }
    case "assign":
      return fields.last({ kind, taskId: fields.word("taskId"), miner: fields.word("miner") });
    case "commit": {
      const head = { kind, taskId: fields.word("taskId"), resultHash: fields.word("resultHash") } as const;
      return fields.last({ ...head, fee: fields.uint("fee", SPL_AMOUNT_MAX) });
    }
    case "accept":
    case "refuse":
    case "payout":
      return fields.last({ kind, taskId: fields.word("taskId") });
    default:
      throw new BadField("there is no such kind");
  }
}

function formatTarget(to: DepositTarget): string {
  return to.kind === "wallet" ? to.address : `session-${to.account}`;
}

function bad(reason: string): ReadMemo {
  return { kind: "bad", reason };
}

class BadField extends Error {}

/** The fields of one memo, taken one after another. */
class Fields {
  readonly #fields: readonly string[];
  #at = 0;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  network(): RecordNetwork {
    const chainId = this.whole("chainId", 1, Number.MAX_SAFE_INTEGER);
    const network = this.#next("network");
    if (!isAddress(network)) throw new BadField("network is no address");
    return { chainId, network };
  }

  target(): DepositTarget {
    const text = this.#next("to");
    if (isAddress(text)) return { kind: "wallet", address: text };
    const account = Number(text.slice("session-".length));
    if (!SESSION.test(text) || BigInt(account) > U32_MAX) throw new BadField("to is no session and no wallet");
    return { kind: "session", account };
  }

  word(field: string): Bytes32 {
    const text = this.#next(field);
    if (!isBytes32(text)) throw new BadField(`${field} isn't 32 bytes`);
    return text;
  }

  whole(field: string, least: number, most: number): number {
    const value = Number(this.uint(field, BigInt(most)));
    if (value < least) throw new BadField(`${field} is below ${least}`);
    return value;
  }

  uint(field: string, most: bigint): bigint {
    const text = this.#next(field);
    if (!UINT.test(text) || BigInt(text) > most) throw new BadField(`${field} is no whole number up to ${most}`);
    return BigInt(text);
  }

  /** The record, if nothing is left. */
  last<Value>(value: Value): Value {
    if (this.#at < this.#fields.length) throw new BadField("it goes on beyond its end");
    return value;
  }

  #next(field: string): string {
    const text = this.#fields[this.#at];
    this.#at += 1;
    if (text === undefined) throw new BadField(`${field} is missing`);
    return text;
  }
}
