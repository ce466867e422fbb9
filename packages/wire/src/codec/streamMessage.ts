import {
  EMBEDDING_TEXTS_MAX,
  ENVELOPE_BYTES_MAX,
  FRAME_BYTES_MAX,
  HANDED_FRAMES_MAX,
  type HandedAnswer,
  OUTPUT_TOKENS_MAX,
  PROBE_TOKENS_MAX,
  PROMPT_BYTES_MAX,
  STANDBYS_MAX,
} from "@cortensor/protocol";
import type { LinkRole } from "../link.js";
import {
  CHECK_REFUSALS,
  CHECK_VERDICTS,
  type CheckReply,
  type FromMiner,
  PROBE_REFUSALS,
  type ProbeReply,
  type ProbeRequest,
  REPLAY_DIFFERENCES,
  type Start,
  type StartSealed,
  type StreamMessage,
  type ToMiner,
} from "../messages.js";
import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import {
  byteString,
  bytes32,
  type Field,
  fixedBytes,
  float32List,
  list,
  signature,
  text,
  uint32,
  uint53,
  vector,
  word,
} from "./field.js";
import {
  assignment,
  checkpoint,
  DETAIL_BYTES_MAX,
  finishReason,
  NAME_BYTES_MAX,
  prompt,
  recipe,
  result,
  samplingParams,
  task,
} from "./records.js";
import { segmentBody } from "./segmentBody.js";
import { struct, union } from "./struct.js";

/** Dimensions of a vector: four times the widest embedding model of today. */
const VECTOR_LENGTH_MAX = 16_384;

/** A sealed secret: an ephemeral public key, the secret, and the seal's tag. */
const SEALED_SECRET_BYTES = 80;
/** An answer's opening has 119 bytes. */
const OPENING_BYTES_MAX = 128;
/** Text of a probe's answer: as many bytes a token as any entry of a vocabulary has. */
const PROBE_TEXT_BYTES_MAX = (PROBE_TOKENS_MAX + 1) * 512;

const REFUSALS = [
  "busy",
  "expired",
  "badAssignment",
  "unknownModel",
  "promptTooLong",
  "owedTooMuch",
  "bondTooSmall",
  "beaconUnknown",
  "documentRefused",
  "badEnvelope",
] as const;

const detail = text(DETAIL_BYTES_MAX);
const outputIds = list(uint32, OUTPUT_TOKENS_MAX);

type Probed = Omit<Extract<ProbeReply, { readonly kind: "probed" }>, "kind">;
type Checked = Omit<Extract<CheckReply, { readonly kind: "checked" }>, "kind">;
type Tokens = Omit<Extract<FromMiner, { readonly kind: "tokens" }>, "kind">;

const handed = struct<HandedAnswer>({
  opening: byteString(OPENING_BYTES_MAX),
  frames: list(byteString(FRAME_BYTES_MAX), HANDED_FRAMES_MAX),
});

/** What a router sends. */
const toMiner = union<ToMiner>({
  start: {
    tag: 1,
    field: struct<Omit<Start, "kind">>(
      {
        task,
        assignment,
        prompt,
        promptSalt: bytes32,
        params: samplingParams,
        seedSource: bytes32,
        warmTag: bytes32,
        committed: outputIds,
      },
      ["seedSource"],
    ),
  },
  startEmbedding: {
    tag: 2,
    field: struct({ task, assignment, texts: list(text(PROMPT_BYTES_MAX), EMBEDDING_TEXTS_MAX), promptSalt: bytes32 }),
  },
  acknowledged: { tag: 3, field: struct({ acknowledgement: checkpoint }) },
  abort: { tag: 4, field: struct({ reason: detail }) },
  probe: {
    tag: 5,
    field: struct<Omit<ProbeRequest, "kind">>(
      {
        challenge: bytes32,
        modelId: bytes32,
        kernelClass: bytes32,
        statement: struct({
          sealed: fixedBytes(SEALED_SECRET_BYTES),
          nonce: uint53,
          deadline: uint53,
          expires: uint53,
        }),
      },
      ["statement"],
    ),
  },
  showBody: { tag: 6, field: struct({ address: bytes32 }) },
  check: { tag: 7, field: struct({ body: segmentBody, epoch: uint53 }) },
  showAnswer: { tag: 8, field: struct({ taskId: bytes32 }) },
  startSealed: {
    tag: 9,
    field: struct<Omit<StartSealed, "kind">>(
      {
        task,
        assignment,
        seedSource: bytes32,
        warmTag: bytes32,
        committed: uint32,
        envelope: byteString(ENVELOPE_BYTES_MAX),
        handed: list(handed, STANDBYS_MAX),
      },
      ["handed"],
    ),
  },
});

/** What a miner sends. No number is shared with `toMiner`: a message sent the wrong way is refused. */
const fromMiner = union<FromMiner>({
  accepted: { tag: 32, field: struct({ nIn: uint32 }) },
  refused: { tag: 33, field: struct({ code: word(REFUSALS), detail }) },
  tokens: {
    tag: 34,
    field: struct<Tokens>(
      {
        from: uint32,
        ids: outputIds,
        text: text(PROMPT_BYTES_MAX),
        cuts: outputIds,
        logprobs: float32List(OUTPUT_TOKENS_MAX),
      },
      ["cuts", "logprobs"],
    ),
  },
  checkpoint: { tag: 35, field: struct({ checkpoint }) },
  vectors: {
    tag: 36,
    field: struct({ vectors: list(vector(VECTOR_LENGTH_MAX), EMBEDDING_TEXTS_MAX), tokens: uint32 }),
  },
  committedMismatch: { tag: 37, field: struct({ position: uint32 }) },
  result: { tag: 38, field: struct({ result, recipe, finish: finishReason, text: text(PROMPT_BYTES_MAX) }) },
  failed: { tag: 39, field: struct({ code: text(NAME_BYTES_MAX), detail }) },
  probed: {
    tag: 40,
    field: struct<Probed>(
      {
        result,
        recipe,
        ids: list(uint32, PROBE_TOKENS_MAX),
        text: text(PROBE_TEXT_BYTES_MAX),
        proof: struct({ secret: bytes32, signature }),
      },
      ["proof"],
    ),
  },
  declined: { tag: 41, field: struct({ code: word(PROBE_REFUSALS) }) },
  body: { tag: 42, field: struct({ body: segmentBody }) },
  noBody: { tag: 43, field: struct({}) },
  checked: {
    tag: 44,
    field: struct<Checked>(
      {
        verdict: word(CHECK_VERDICTS),
        differs: struct({ what: word(REPLAY_DIFFERENCES), position: uint32 }),
      },
      ["differs"],
    ),
  },
  checkDeclined: { tag: 45, field: struct({ code: word(CHECK_REFUSALS) }) },
  answer: { tag: 46, field: struct({ result, text: text(PROMPT_BYTES_MAX) }) },
  noAnswer: { tag: 47, field: struct({}) },
  sealedOpening: { tag: 48, field: struct({ opening: byteString(OPENING_BYTES_MAX) }) },
  sealedFrame: { tag: 49, field: struct({ frame: byteString(FRAME_BYTES_MAX), position: uint32 }) },
  sealedResult: { tag: 50, field: struct({ result, recipe }) },
});

/** The stream messages that a node of this role sends. */
export function streamMessageOf(sender: LinkRole): Field<StreamMessage> {
  return sender === "router" ? toMiner : fromMiner;
}

/** A stream message on its own. Throws `WIRE_UNENCODABLE` for what the format has no place for. */
export function encodeStreamMessage(message: StreamMessage, sender: LinkRole): Buffer {
  const writer = new ByteWriter();
  streamMessageOf(sender).write(writer, message);
  return writer.take();
}

/** Reads a whole stream message of a sender. Throws `WIRE_MALFORMED`. */
export function decodeStreamMessage(bytes: Buffer, sender: LinkRole): StreamMessage {
  const reader = new ByteReader(bytes);
  const message = streamMessageOf(sender).read(reader);
  reader.expectEnd();
  return message;
}
