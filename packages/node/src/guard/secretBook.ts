import { type Address, type Bytes32, bytesToHex, hexToBytes } from "@cortensor/protocol";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../host/index.js";
import { GuardError } from "./guardError.js";

const SECRET_BYTES = 32;
/** Epochs of which secrets are kept: after the epoch that they were shown in they are public. */
const EPOCHS_KEPT = 1_000;

/** The secrets that a guard puts into beacons, one for each epoch. */
export type SecretBook = {
  find(epoch: number): Bytes32 | undefined;
  /** The epoch's secret: that of before, or a new one. On the disk when it resolves, so that whatever is committed to can be shown. */
  ensure(epoch: number): Promise<Bytes32>;
};

export function openSecretBook(parts: {
  readonly store: RecordStore;
  readonly guard: Address;
  readonly chainId: number;
  /** The contract that commitments go to. */
  readonly guards: Address;
  readonly randomBytes32: () => Bytes32;
}): SecretBook {
  const { store, randomBytes32 } = parts;
  const prefix = `secret.${parts.guard}.${parts.chainId}.${parts.guards}.`;
  const find = (epoch: number): Bytes32 | undefined => {
    const record = store.get(`${prefix}${keyNumber(epoch)}`);
    return record === undefined ? undefined : decode(record, epoch);
  };
  return {
    find,
    ensure: async (epoch) => {
      const known = find(epoch);
      if (known !== undefined) return known;
      const kept = await keepFirst(store, `${prefix}${keyNumber(epoch)}`, hexToBytes(randomBytes32()));
      await removeBelow(store, prefix, Math.max(0, epoch - EPOCHS_KEPT));
      return decode(kept, epoch);
    },
  };
}

function decode(record: Buffer, epoch: number): Bytes32 {
  if (record.length !== SECRET_BYTES) throw new GuardError({ code: "GUARD_BAD_RECORD", what: "secret", epoch });
  return bytesToHex(record);
}
