import { type Address, type Bytes32, bytes32Field, bytesToHex, type Hex, hexToBytes, isHex } from "@cortensor/protocol";
import { z } from "zod";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../host/index.js";
import { PlanterError } from "./planterError.js";

/** Epochs of which plants are kept: what isn't settled by then is given up. */
export const PLANT_KEPT_EPOCHS = 32;

/** A plant from its commitment on. */
export type PlantRecord = {
  readonly salt: Bytes32;
  /** In which it was committed to. */
  readonly epoch: number;
  /** Set before the question is sent, so that no salt is used twice. */
  readonly isAsked: boolean;
  /** What came of it, once it is answered. */
  readonly answer?: { readonly id: Bytes32; readonly proof: Hex };
  /** Whose results have it. */
  readonly settled?: number;
  readonly isOpened: boolean;
};

const recordShape = z.strictObject({
  salt: bytes32Field,
  epoch: z.int().min(0),
  isAsked: z.boolean(),
  answer: z.strictObject({ id: bytes32Field, proof: z.custom<Hex>((value) => isHex(value), "not hex") }).optional(),
  settled: z.int().min(0).optional(),
  isOpened: z.boolean(),
});

/** What a planter must not forget: it is on the disk before anybody hears of it. */
export type PlantBook = {
  /** An epoch's plants: those of before, or so many new ones. */
  plan(epoch: number, count: number): Promise<readonly PlantRecord[]>;
  isPlanned(epoch: number): boolean;
  /** All that are kept, by epoch. */
  list(): readonly PlantRecord[];
  put(record: PlantRecord): Promise<void>;
};

/** Opens the book of one planter and one network, named by a contract of it, in a store. */
export function openPlantBook(parts: {
  readonly store: RecordStore;
  readonly planter: Address;
  readonly chainId: number;
  readonly duties: Address;
  readonly randomBytes32: () => Bytes32;
}): PlantBook {
  const { store, randomBytes32 } = parts;
  const network = `${parts.planter}.${parts.chainId}.${parts.duties}.`;
  const plans = `planned.${network}`;
  const plants = `plant.${network}`;
  const keyOf = ({ epoch, salt }: Pick<PlantRecord, "epoch" | "salt">): string =>
    `${plants}${keyNumber(epoch)}.${salt}`;
  const put = async (record: PlantRecord): Promise<void> => {
    await store.put(keyOf(record), Buffer.from(JSON.stringify(record)));
    await store.flushed;
  };
  const list = (): readonly PlantRecord[] =>
    [...store.getRange({ start: plants, end: `${plants}~` })].map(({ value }) => parse(value));
  return {
    isPlanned: (epoch) => store.get(`${plans}${keyNumber(epoch)}`) !== undefined,
    plan: async (epoch, count) => {
      const salts = Array.from({ length: count }, () => randomBytes32());
      const joined = Buffer.concat(salts.map(hexToBytes));
      const kept = await keepFirst(store, `${plans}${keyNumber(epoch)}`, joined);
      const known = new Set(list().map(({ salt }) => salt));
      for (let at = 0; at < kept.length; at += SALT_BYTES) {
        const salt = bytesToHex(kept.subarray(at, at + SALT_BYTES));
        if (!known.has(salt)) await put({ salt, epoch, isAsked: false, isOpened: false });
      }
      for (const prefix of [plans, plants]) await removeBelow(store, prefix, Math.max(0, epoch - PLANT_KEPT_EPOCHS));
      return list().filter((record) => record.epoch === epoch);
    },
    list,
    put,
  };
}

const SALT_BYTES = 32;

function parse(value: Buffer): PlantRecord {
  const parsed = recordShape.safeParse(JSON.parse(value.toString("utf8")));
  if (!parsed.success) throw new PlanterError({ code: "PLANTER_BAD_RECORD", problem: parsed.error.message });
  const { answer, settled, ...rest } = parsed.data;
  return { ...rest, ...(answer && { answer }), ...(settled === undefined ? {} : { settled }) };
}
