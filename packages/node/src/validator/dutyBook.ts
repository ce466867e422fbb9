import {
  type Address,
  type Bytes32,
  bytesToHex,
  decodeVerdict,
  encodeVerdict,
  encodeVerdictDocument,
  hexToBytes,
  type SignedVerdict,
  type VerdictDocument,
  verdictDocumentCid,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../host/index.js";
import { ValidatorError } from "./validatorError.js";

const WORD_BYTES = 32;
/** Epochs of which secrets, verdicts and documents are kept: a day of production's. */
const EPOCHS_KEPT = 144;

/** What was committed to for an epoch: which document, and the outcomes. */
export type CommittedVerdicts = { readonly documentCid: Bytes32; readonly outcomes: Uint8Array };

/** What a validator must not forget: it is on the disk before anybody hears of it. */
export type DutyBook = {
  findSecret(epoch: number): Bytes32 | undefined;
  /** The epoch's secret: that of before, or a new one. */
  ensureSecret(epoch: number): Promise<Bytes32>;
  findVerdict(of: { readonly epoch: number; readonly taskId: Bytes32 }): SignedVerdict | undefined;
  /** Keeps a verdict unless the task has one; gives the one that stands. */
  keepVerdict(epoch: number, signed: SignedVerdict): Promise<SignedVerdict>;
  findCommitted(epoch: number): CommittedVerdicts | undefined;
  /** Keeps a document and its outcomes unless the epoch has some; gives those that stand. */
  keepDocument(document: VerdictDocument, outcomes: Uint8Array): Promise<CommittedVerdicts>;
  findDocument(cid: Bytes32): { readonly epoch: number; readonly bytes: Uint8Array } | undefined;
};

/** Opens the book of one validator and one network, named by a contract of it, in a store. */
export function openDutyBook(parts: {
  readonly store: RecordStore;
  readonly validator: Address;
  readonly chainId: number;
  readonly guards: Address;
  readonly randomBytes32: () => Bytes32;
}): DutyBook {
  const { store, randomBytes32 } = parts;
  const network = `${parts.validator}.${parts.chainId}.${parts.guards}`;
  const prefixOf = (what: string): string => `${what}.${network}.`;
  const keyOf = (what: string, epoch: number): string => `${prefixOf(what)}${keyNumber(epoch)}`;
  const forget = async (epoch: number, whats: readonly string[]): Promise<void> => {
    for (const what of whats) await removeBelow(store, prefixOf(what), Math.max(0, epoch - EPOCHS_KEPT));
  };
  const findSecret = (epoch: number): Bytes32 | undefined => {
    const record = store.get(keyOf("secret", epoch));
    return record === undefined ? undefined : decodeSecret(record, epoch);
  };
  return {
    findSecret,
    ensureSecret: async (epoch) => {
      const known = findSecret(epoch);
      if (known !== undefined) return known;
      const kept = await keepFirst(store, keyOf("secret", epoch), hexToBytes(randomBytes32()));
      await forget(epoch, ["secret", "committed", "document"]);
      return decodeSecret(kept, epoch);
    },
    findVerdict: ({ epoch, taskId }) => {
      const record = store.get(`${keyOf("verdict", epoch)}.${taskId}`);
      return record === undefined ? undefined : decodeVerdict(record);
    },
    keepVerdict: async (epoch, signed) => {
      const key = `${keyOf("verdict", epoch)}.${signed.verdict.taskId}`;
      const kept = await keepFirst(store, key, encodeVerdict(signed));
      await forget(epoch, ["verdict"]);
      return decodeVerdict(kept);
    },
    findCommitted: (epoch) => {
      const record = store.get(keyOf("committed", epoch));
      return record === undefined ? undefined : decodeCommitted(record);
    },
    keepDocument: async (document, outcomes) => {
      const { epoch } = document;
      const bytes = await keepFirst(store, keyOf("document", epoch), encodeVerdictDocument(document));
      const documentCid = verdictDocumentCid(bytes);
      await keepFirst(store, `cid.${documentCid}`, Buffer.from(String(epoch)));
      const record = Buffer.concat([hexToBytes(documentCid), outcomes]);
      return decodeCommitted(await keepFirst(store, keyOf("committed", epoch), record));
    },
    findDocument: (cid) => {
      const epoch = Number(store.get(`cid.${cid}`)?.toString() ?? Number.NaN);
      const bytes = Number.isNaN(epoch) ? undefined : store.get(keyOf("document", epoch));
      return bytes === undefined ? undefined : { epoch, bytes };
    },
  };
}

/** Committed to nothing. */
export const NO_VERDICTS: CommittedVerdicts = { documentCid: ZERO_BYTES32, outcomes: new Uint8Array(0) };

function decodeSecret(record: Buffer, epoch: number): Bytes32 {
  if (record.length !== WORD_BYTES) throw new ValidatorError({ code: "VALIDATOR_BAD_RECORD", what: "secret", epoch });
  return bytesToHex(record);
}

function decodeCommitted(record: Buffer): CommittedVerdicts {
  return { documentCid: bytesToHex(record.subarray(0, WORD_BYTES)), outcomes: record.subarray(WORD_BYTES) };
}
