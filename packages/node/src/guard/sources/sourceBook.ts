import { type Address, bytesToHex, concatBytes, hexToBytes } from "@cortensor/protocol";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../../host/index.js";
import { GuardError } from "../guardError.js";
import type { RootSignature } from "./rootSource.js";

const ROOT_BYTES = 32;
const RECORD_BYTES = ROOT_BYTES + 64;
/** Epochs of which signatures are kept: the chain takes posts of the last one alone. */
const EPOCHS_KEPT = 10_000;

/** What this guard has signed of its sources: one root for each (source, epoch). Nothing leaves the process before it is here. */
export type SourceBook = {
  find(source: string, epoch: number): RootSignature | undefined;
  /** Writes a signature, and gives the one that stands from then on: an earlier one, when there was one. On the disk when it resolves. */
  keep(source: string, epoch: number, signed: RootSignature): Promise<RootSignature>;
};

/** The book of one guard in its store. */
export function openSourceBook({ store, guard }: { readonly store: RecordStore; readonly guard: Address }): SourceBook {
  const prefixOf = (source: string): string => `source.${guard}.${source}.`;
  const keyOf = (source: string, epoch: number): string => `${prefixOf(source)}${keyNumber(epoch)}`;
  return {
    find: (source, epoch) => {
      const record = store.get(keyOf(source, epoch));
      return record === undefined ? undefined : decode(epoch, record);
    },
    keep: async (source, epoch, { root, signature }) => {
      const record = concatBytes(hexToBytes(root), hexToBytes(signature));
      const kept = await keepFirst(store, keyOf(source, epoch), record);
      await removeBelow(store, prefixOf(source), Math.max(0, epoch - EPOCHS_KEPT));
      return decode(epoch, kept);
    },
  };
}

function decode(epoch: number, record: Buffer): RootSignature {
  if (record.length !== RECORD_BYTES) throw new GuardError({ code: "GUARD_BAD_RECORD", what: "signature", epoch });
  return {
    root: bytesToHex(record.subarray(0, ROOT_BYTES)),
    signature: bytesToHex(record.subarray(ROOT_BYTES)),
  };
}
