import {
  type Address,
  type Attestation,
  bytesToHex,
  concatBytes,
  type Eip712Domain,
  hexToBytes,
  type SignedAttestation,
} from "@cortensor/protocol";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../host/index.js";
import { GuardError } from "./guardError.js";

const ROOT_BYTES = 32;
const RECORD_BYTES = ROOT_BYTES + 64;
/** Epochs of which signatures are kept: none can be asked for again much earlier, the chain takes posts of the last one alone. */
const EPOCHS_KEPT = 10_000;

/** What is signed once. */
export type AttestationKey = Omit<Attestation, "root">;

/** What this guard has signed: one root for each (domain, subject chain, kind, epoch). Nothing leaves the process before it is here. */
export type SignatureBook = {
  find(key: AttestationKey): SignedAttestation | undefined;
  /** Writes a signature, and gives the one that stands from then on: an earlier one, when there was one. On the disk when it resolves. */
  keep(signed: SignedAttestation): Promise<SignedAttestation>;
};

/** Opens the book of one guard and one domain in a guard's store. */
export function openSignatureBook(parts: {
  readonly store: RecordStore;
  readonly guard: Address;
  readonly domain: Eip712Domain;
}): SignatureBook {
  const { store, guard, domain } = parts;
  const prefixOf = ({ subjectChainId, kind }: AttestationKey): string =>
    `signed.${guard}.${domain.chainId}.${domain.verifyingContract}.${subjectChainId}.${kind}.`;
  const keyOf = (key: AttestationKey): string => `${prefixOf(key)}${keyNumber(key.epoch)}`;
  return {
    find: (key) => {
      const record = store.get(keyOf(key));
      return record === undefined ? undefined : decode(key, record);
    },
    keep: async (signed) => {
      const { attestation, signature } = signed;
      const record = concatBytes(hexToBytes(attestation.root), hexToBytes(signature));
      const kept = await keepFirst(store, keyOf(attestation), record);
      await removeBelow(store, prefixOf(attestation), Math.max(0, attestation.epoch - EPOCHS_KEPT));
      return decode(attestation, kept);
    },
  };
}

function decode({ subjectChainId, kind, epoch }: AttestationKey, record: Buffer): SignedAttestation {
  if (record.length !== RECORD_BYTES) throw new GuardError({ code: "GUARD_BAD_RECORD", what: "signature", epoch });
  const root = bytesToHex(record.subarray(0, ROOT_BYTES));
  return { attestation: { subjectChainId, kind, epoch, root }, signature: bytesToHex(record.subarray(ROOT_BYTES)) };
}
