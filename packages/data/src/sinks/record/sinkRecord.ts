import {
  type Bytes32,
  encodeReceiptDocument,
  isBytes32,
  parseReceiptDocument,
  type ReceiptDocument,
} from "@cortensor/protocol";
import { z } from "zod";
import { MODEL_BYTES_MAX } from "../limits.js";
import { SinkError } from "../sinkError.js";
import { canonicalJson } from "./canonicalJson.js";

/** Why a record comes without its texts. The receipt is there, and the router still answers for the task by its id. */
export const WITHHELD_REASONS = ["too_large", "refused_by_sink"] as const;
export type WithheldReason = (typeof WITHHELD_REASONS)[number];

export const PROMPT_KINDS = ["text", "chat", "texts"] as const;

/** What was asked and answered; or, where that can't be written, its size and hash. */
export type SinkContent =
  | {
      readonly kind: "whole";
      /**
       * `chat`: the prompt is the messages as canonical JSON. `texts`: it is texts to embed as a JSON list, and the result a list of
       * their vectors, each base64 of little-endian 32-bit floats.
       */
      readonly promptKind: (typeof PROMPT_KINDS)[number];
      readonly prompt: string;
      readonly result: string;
    }
  | {
      readonly kind: "withheld";
      readonly reason: WithheldReason;
      /** Of the content in canonical JSON. */
      readonly bytes: number;
      /** Of the same bytes, in hex. */
      readonly sha256: string;
    }
  /** The router that knew them died before it had kept them; the receipt came after, from what was signed. */
  | { readonly kind: "lost" };

/** One task as a session's sink gets it. */
export type SinkRecord = {
  readonly session: Bytes32;
  /** 1, 2, 3 … within the session, without gaps: the order in which its receipts were acknowledged. */
  readonly sequence: number;
  readonly taskId: Bytes32;
  readonly model: string;
  readonly content: SinkContent;
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number; readonly feeWei: bigint };
  readonly receipt: ReceiptDocument;
  /** Wall time, milliseconds since 1970. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
};

/** A record before its outbox has numbered it. */
export type SinkDraft = Omit<SinkRecord, "sequence">;

const hash = z.custom<Bytes32>(isBytes32, "not 32 bytes of lower-case hex");
const whole = z.int().min(0);
const WEI = /^(?:0|[1-9][0-9]{0,28})$/;

const contentSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("whole"),
    promptKind: z.enum(PROMPT_KINDS),
    prompt: z.string(),
    result: z.string(),
  }),
  z.strictObject({
    kind: z.literal("withheld"),
    reason: z.enum(WITHHELD_REASONS),
    bytes: whole,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({ kind: z.literal("lost") }),
]);

const recordSchema = z.strictObject({
  session: hash,
  sequence: z.int().min(1),
  taskId: hash,
  model: z.string().max(MODEL_BYTES_MAX),
  content: contentSchema,
  usage: z.strictObject({ promptTokens: whole, completionTokens: whole, feeWei: z.string().regex(WEI) }),
  receipt: z.unknown(),
  askedAtMs: whole,
  answeredAtMs: whole,
});

const textsSchema = z.strictObject({
  model: z.string().max(MODEL_BYTES_MAX),
  content: contentSchema,
  askedAtMs: whole,
  answeredAtMs: whole,
});

/** What a record has beside its receipt and what is read from it. */
export type SinkTexts = Pick<SinkRecord, "model" | "content" | "askedAtMs" | "answeredAtMs">;

export function formatSinkTexts({ model, content, askedAtMs, answeredAtMs }: SinkTexts): string {
  return canonicalJson({ model, content: { ...content }, askedAtMs, answeredAtMs });
}

/** Reads what `formatSinkTexts` wrote. Throws SINK_BAD_RECORD. */
export function parseSinkTexts(text: string): SinkTexts {
  return parseBy(textsSchema, text);
}

/** A record's one text. */
export function formatSinkRecord(record: SinkRecord): string {
  const { usage, receipt, content } = record;
  return canonicalJson({
    ...record,
    content: { ...content },
    usage: { ...usage, feeWei: usage.feeWei.toString() },
    receipt: receiptJson(receipt),
  });
}

/** A receipt as it stands in a record. */
export function receiptJson(receipt: ReceiptDocument) {
  const { label, sealing, ...rest } = encodeReceiptDocument(receipt);
  return { ...rest, ...(label === undefined ? {} : { label }), ...(sealing === undefined ? {} : { sealing }) };
}

/** Reads what `formatSinkRecord` wrote. Throws SINK_BAD_RECORD, or PROTOCOL_BAD_DOCUMENT for its receipt. */
export function parseSinkRecord(text: string): SinkRecord {
  const { usage, receipt, ...rest } = parseBy(recordSchema, text);
  return { ...rest, usage: { ...usage, feeWei: BigInt(usage.feeWei) }, receipt: parseReceiptDocument(receipt) };
}

const ISSUES_MAX = 16;

function parseBy<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map((one) => `${one.path.join(".")}: ${one.message}`);
  throw new SinkError({ code: "SINK_BAD_RECORD", issues });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SinkError({ code: "SINK_BAD_RECORD", issues: ["not JSON"] });
  }
}
