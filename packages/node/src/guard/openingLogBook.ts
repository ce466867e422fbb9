import {
  type Eip712Domain,
  logRelease,
  type ShareRelease,
  type SignedShareRelease,
  shareReleaseSchema,
} from "@cortensor/protocol";
import { z } from "zod";
import { keyNumber, type NodeSigner, type RecordStore } from "../host/index.js";
import { GuardError } from "./guardError.js";

/** A guard's log of the shares that it released. Nothing is ever taken out of it. */
export type OpeningLogBook = {
  find(of: Pick<ShareRelease, "taskId" | "validator" | "dispute">): SignedShareRelease | undefined;
  /** Signs the next entry. On the disk when it resolves. One at a time. */
  append(of: Omit<ShareRelease, "number" | "previous">): Promise<SignedShareRelease>;
  from(number: number, most: number): readonly SignedShareRelease[];
};

export function openOpeningLogBook(parts: {
  readonly store: RecordStore;
  /** The Registry's. */
  readonly domain: Eip712Domain;
  readonly signer: NodeSigner;
  readonly chainId: number;
}): OpeningLogBook {
  const { store, domain, signer, chainId } = parts;
  const prefix = `release.${signer.address}.${chainId}.`;
  const keyOf = (number: number): string => `${prefix}${keyNumber(number)}`;
  const placeOf = ({ taskId, validator, dispute }: Pick<ShareRelease, "taskId" | "validator" | "dispute">): string =>
    `released.${prefix}${taskId}.${validator}.${dispute}`;
  const read = (number: number): SignedShareRelease | undefined => {
    const record = store.get(keyOf(number));
    return record === undefined ? undefined : decode(record, number);
  };
  const last = (): SignedShareRelease | undefined => {
    const range = { start: `${prefix}\uffff`, end: prefix, reverse: true, limit: 1 };
    for (const { value } of store.getRange(range)) return decode(value, -1);
    return undefined;
  };
  return {
    find: (of) => {
      const place = store.get(placeOf(of));
      return place === undefined ? undefined : read(Number(place.toString("utf8")));
    },
    append: async (of) => {
      const signed = logRelease(domain, last(), { of, sign: (digest) => signer.sign(digest) });
      const { number } = signed.release;
      await store.transaction(() => {
        void store.put(keyOf(number), Buffer.from(JSON.stringify(z.encode(shareReleaseSchema, signed))));
        void store.put(placeOf(of), Buffer.from(String(number)));
      });
      await store.flushed;
      return signed;
    },
    from: (number, most) => {
      const range = { start: keyOf(number), end: `${prefix}\uffff`, limit: most };
      return [...store.getRange(range)].map(({ value }) => decode(value, number));
    },
  };
}

function decode(record: Buffer, epoch: number): SignedShareRelease {
  const read = shareReleaseSchema.safeParse(JSON.parse(record.toString("utf8")));
  if (!read.success) throw new GuardError({ code: "GUARD_BAD_RECORD", what: "share release", epoch });
  return read.data;
}
