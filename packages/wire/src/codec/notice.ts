import { MERKLE_PATH_MAX } from "@cortensor/protocol";
import type { LinkRole } from "../link.js";
import type {
  Advertisement,
  BatchNotice,
  NoteNotice,
  Notices,
  NoticeTopic,
  OfferedModel,
  PrekeysNotice,
  QueuedNotice,
  ReceiptNotice,
  ReceiptsNotice,
  ReofferedResult,
  UnpaidNotice,
} from "../messages.js";
import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { malformed, unencodable } from "./codecError.js";
import {
  address,
  byteString,
  bytes32,
  type Field,
  flag,
  float64,
  list,
  text,
  uint8,
  uint16,
  uint32,
  uint96,
} from "./field.js";
import {
  assignment,
  batchProof,
  checkpoint,
  creditNote,
  NAME_BYTES_MAX,
  payees,
  receipt,
  recipe,
  result,
  signedBatch,
  task,
} from "./records.js";
import { struct } from "./struct.js";

/** A peer's leaves in one batch. */
const LEAVES_MAX = 65_536;
/** Receipts of one notice: as many as are written at once. */
const RECEIPTS_MAX = 4_096;
/** Models one miner offers. */
const MODELS_MAX = 64;
/** A signed bundle with a key of each suite, and room. */
const BUNDLE_BYTES_MAX = 2_048;
/** The current prekey epoch's bundle, and the next one's. */
const BUNDLES_MAX = 2;

const name = text(NAME_BYTES_MAX);

type NoticeFormat<Topic extends NoticeTopic> = {
  readonly tag: number;
  readonly senders: readonly LinkRole[];
  readonly field: Field<Notices[Topic]>;
};

const formats: { readonly [Topic in NoticeTopic]: NoticeFormat<Topic> } = {
  advertisement: {
    tag: 1,
    senders: ["miner"],
    field: struct<Advertisement>({
      models: list(
        struct<OfferedModel>({
          model: name,
          modelId: bytes32,
          quantisation: name,
          kernelClass: bytes32,
          contextTokens: uint32,
          tokensPerSecond: float64,
          sequences: uint32,
          canEmbed: flag,
          canScore: flag,
          weiPerTokenIn: uint96,
          weiPerTokenOut: uint96,
        }),
        MODELS_MAX,
      ),
      capacity: uint32,
      running: uint32,
      queued: uint32,
    }),
  },
  batch: {
    tag: 2,
    senders: ["miner", "router"],
    field: struct<BatchNotice>({
      signed: signedBatch,
      from: uint32,
      leaves: list(bytes32, LEAVES_MAX),
      siblings: list(bytes32, 2 * MERKLE_PATH_MAX),
    }),
  },
  receipt: {
    tag: 3,
    senders: ["router"],
    field: struct<ReceiptNotice>({ receipt, payees, proof: batchProof }),
  },
  note: {
    tag: 7,
    senders: ["router"],
    field: struct<NoteNotice>({ note: creditNote, proof: batchProof }),
  },
  unpaid: {
    tag: 4,
    senders: ["router"],
    field: struct<UnpaidNotice>({ taskId: bytes32, miner: address, replica: uint8, segment: uint16, code: name }),
  },
  receipts: {
    tag: 6,
    senders: ["router"],
    field: struct<ReceiptsNotice>({ receipts: list(struct({ receipt, payees }), RECEIPTS_MAX) }),
  },
  reoffer: {
    tag: 5,
    senders: ["miner"],
    field: struct<ReofferedResult>(
      {
        task,
        result,
        recipe,
        assignment,
        assignmentProof: batchProof,
        acknowledged: struct({ acknowledgement: checkpoint, proof: batchProof }),
      },
      ["assignmentProof", "acknowledged"],
    ),
  },
  prekeys: {
    tag: 9,
    senders: ["miner"],
    field: struct<PrekeysNotice>({ bundles: list(byteString(BUNDLE_BYTES_MAX), BUNDLES_MAX) }),
  },
  queued: { tag: 8, senders: ["router"], field: struct<QueuedNotice>({ taskId: bytes32 }) },
};

const topicByTag = new Map<number, NoticeTopic>([
  [formats.advertisement.tag, "advertisement"],
  [formats.batch.tag, "batch"],
  [formats.receipt.tag, "receipt"],
  [formats.unpaid.tag, "unpaid"],
  [formats.reoffer.tag, "reoffer"],
  [formats.receipts.tag, "receipts"],
  [formats.note.tag, "note"],
  [formats.queued.tag, "queued"],
  [formats.prekeys.tag, "prekeys"],
]);

/** A notice that was read, and a way to give its body to the handler of its topic with the right type. */
export type ReadNotice = { readonly topic: NoticeTopic; deliver(handlers: NoticeHandlers): boolean };

export type NoticeHandlers = { [Topic in NoticeTopic]?: (body: Notices[Topic]) => void };

export function writeNotice<Topic extends NoticeTopic>(
  writer: ByteWriter,
  topic: Topic,
  body: Notices[Topic],
  sender: LinkRole,
): void {
  const format: NoticeFormat<Topic> = formats[topic];
  if (!format.senders.includes(sender)) throw unencodable(`a notice that a ${sender} sends`, topic);
  writer.u8(format.tag);
  format.field.write(writer, body);
}

/** Reads a whole notice of a sender. Throws `WIRE_MALFORMED`. */
export function readNotice(reader: ByteReader, sender: LinkRole): ReadNotice {
  const topic = topicByTag.get(reader.u8());
  if (topic === undefined) throw malformed("an unknown notice");
  return readBody(reader, topic, sender);
}

function readBody<Topic extends NoticeTopic>(reader: ByteReader, topic: Topic, sender: LinkRole): ReadNotice {
  const format: NoticeFormat<Topic> = formats[topic];
  if (!format.senders.includes(sender)) throw malformed(`a ${sender} may not send ${topic}`);
  const body = format.field.read(reader);
  reader.expectEnd();
  return {
    topic,
    deliver: (handlers) => {
      const handler: NoticeHandlers[Topic] = handlers[topic];
      handler?.(body);
      return handler !== undefined;
    },
  };
}

/** A notice's body as bytes, for a node's own store. */
export function encodeNoticeBody<Topic extends NoticeTopic>(topic: Topic, body: Notices[Topic]): Buffer {
  const format: NoticeFormat<Topic> = formats[topic];
  const writer = new ByteWriter();
  format.field.write(writer, body);
  return writer.take();
}

/** Reads what `encodeNoticeBody` wrote. Throws WIRE_MALFORMED. */
export function decodeNoticeBody<Topic extends NoticeTopic>(topic: Topic, bytes: Buffer): Notices[Topic] {
  const format: NoticeFormat<Topic> = formats[topic];
  const reader = new ByteReader(bytes);
  const body = format.field.read(reader);
  reader.expectEnd();
  return body;
}
