import { ContentError } from "./contentError.js";
import { WANTS_PER_MESSAGE_MAX } from "./contentLimits.js";
import { type ProtoField, readFields, writeFields } from "./protoFields.js";

/** The exchange that IPFS nodes speak, Kubo and Helia among them. */
export const EXCHANGE_PROTOCOL = "/ipfs/bitswap/1.2.0";

/** What a peer wants: a block, or only to know whether it is there; or what it wants no longer. CIDs as their bytes. */
export type Want = {
  readonly cid: Uint8Array;
  readonly kind: "block" | "have" | "cancel";
  readonly sendDontHave: boolean;
};
/** A block as it is sent: its CID without the digest, which is its receiver's to compute. */
export type SentBlock = { readonly prefix: Uint8Array; readonly data: Uint8Array };
export type Presence = { readonly cid: Uint8Array; readonly has: boolean };
export type ExchangeMessage = {
  readonly wants: readonly Want[];
  readonly blocks: readonly SentBlock[];
  readonly presences: readonly Presence[];
};

/** Fields of the message, of its want list, of an entry, of a block and of a presence. */
const WANT_LIST = 1;
const PAYLOAD = 3;
const PRESENCES = 4;
const ENTRIES = 1;
const ENTRY = { cid: 1, priority: 2, cancel: 3, wantType: 4, sendDontHave: 5 } as const;
const BLOCK = { prefix: 1, data: 2 } as const;
const PRESENCE = { cid: 1, type: 2 } as const;
const WANT_HAVE = 1;
const DONT_HAVE = 1;

export function encodeMessage({ wants = [], blocks = [], presences = [] }: Partial<ExchangeMessage>): Uint8Array {
  const entries = wants.map(({ cid, kind, sendDontHave }) =>
    bytesField(ENTRIES, [
      { field: ENTRY.cid, value: cid },
      { field: ENTRY.priority, value: 1 },
      ...(kind === "cancel" ? [{ field: ENTRY.cancel, value: 1 }] : []),
      ...(kind === "have" ? [{ field: ENTRY.wantType, value: WANT_HAVE }] : []),
      ...(sendDontHave ? [{ field: ENTRY.sendDontHave, value: 1 }] : []),
    ]),
  );
  return writeFields([
    ...(entries.length === 0 ? [] : [bytesField(WANT_LIST, entries)]),
    ...blocks.map(({ prefix, data }) =>
      bytesField(PAYLOAD, [
        { field: BLOCK.prefix, value: prefix },
        { field: BLOCK.data, value: data },
      ]),
    ),
    ...presences.map(({ cid, has }) =>
      bytesField(PRESENCES, [
        { field: PRESENCE.cid, value: cid },
        { field: PRESENCE.type, value: has ? 0 : DONT_HAVE },
      ]),
    ),
  ]);
}

/** Reads a message. Throws CONTENT_BAD_MESSAGE for a malformed one, and for more entries than one may have. */
export function decodeMessage(bytes: Uint8Array): ExchangeMessage {
  const wants: Want[] = [];
  const blocks: SentBlock[] = [];
  const presences: Presence[] = [];
  for (const { field, value } of readFields(bytes)) {
    if (typeof value === "number") continue;
    if (field === WANT_LIST) wants.push(...decodeWants(value));
    if (field === PAYLOAD) {
      const of = collect(value);
      blocks.push({ prefix: bytesOf(of.get(BLOCK.prefix)), data: bytesOf(of.get(BLOCK.data)) });
    }
    if (field === PRESENCES) {
      const of = collect(value);
      presences.push({ cid: bytesOf(of.get(PRESENCE.cid)), has: of.get(PRESENCE.type) !== DONT_HAVE });
    }
    if (wants.length + blocks.length + presences.length > WANTS_PER_MESSAGE_MAX) {
      throw new ContentError({ code: "CONTENT_BAD_MESSAGE", problem: `more than ${WANTS_PER_MESSAGE_MAX} entries` });
    }
  }
  return { wants, blocks, presences };
}

function decodeWants(list: Uint8Array): readonly Want[] {
  const wants: Want[] = [];
  for (const { field, value } of readFields(list)) {
    if (field !== ENTRIES || typeof value === "number") continue;
    const of = collect(value);
    const kind = of.get(ENTRY.cancel) === 1 ? "cancel" : of.get(ENTRY.wantType) === WANT_HAVE ? "have" : "block";
    wants.push({ cid: bytesOf(of.get(ENTRY.cid)), kind, sendDontHave: of.get(ENTRY.sendDontHave) === 1 });
    if (wants.length > WANTS_PER_MESSAGE_MAX) break;
  }
  return wants;
}

/** A message's fields by number; of a field that comes twice, the last. */
function collect(bytes: Uint8Array): ReadonlyMap<number, ProtoField["value"]> {
  return new Map([...readFields(bytes)].map(({ field, value }) => [field, value]));
}

function bytesOf(value: ProtoField["value"] | undefined): Uint8Array {
  return value === undefined || typeof value === "number" ? new Uint8Array(0) : value;
}

function bytesField(field: number, fields: readonly ProtoField[]): ProtoField {
  return { field, value: writeFields(fields) };
}
