import { OBJECT_KEY_BYTES, objectKey, openObject, sealObject } from "@cortensor/protocol";
import { FileError } from "./fileError.js";
import type { MasterBox } from "./masterBox.js";
import type { ObjectShelf, ShelfPin } from "./objectShelf.js";

/** An object at rest: its ciphertext's CID, and its data key's two halves, sealed under the master key. Without this row nobody opens it. */
export type SealedObject = { readonly cid: string; readonly wrapped: Buffer };

/** Objects under a data key each, as docs/SEALING.md has it. Who deletes an object's row has shredded it. */
export type SealedShelf = {
  put(plain: Uint8Array, pin: ShelfPin): Promise<SealedObject>;
  /** Throws FILES_UNREADABLE, FILES_OBJECT_GONE. */
  get(object: SealedObject, pin: ShelfPin, signal: AbortSignal): Promise<Uint8Array>;
  remove(object: Pick<SealedObject, "cid">, pin: ShelfPin): Promise<void>;
};

export function createSealedShelf(parts: {
  readonly shelf: ObjectShelf;
  readonly box: MasterBox;
  /** As many fresh bytes. */
  readonly randomBytes: (count: number) => Uint8Array;
}): SealedShelf {
  const { shelf, box, randomBytes } = parts;
  return {
    async put(plain, pin) {
      const secrets = { granted: randomBytes(OBJECT_KEY_BYTES), kept: randomBytes(OBJECT_KEY_BYTES) };
      const sealed = await sealObject(objectKey(secrets), plain);
      const wrapped = box.seal(Buffer.concat([secrets.granted, secrets.kept]), placeOf(pin));
      return { cid: await shelf.put(sealed, pin), wrapped };
    },
    async get({ cid, wrapped }, pin, signal) {
      const halves = box.open(wrapped, placeOf(pin));
      const secrets = { granted: halves.subarray(0, OBJECT_KEY_BYTES), kept: halves.subarray(OBJECT_KEY_BYTES) };
      const opened = await openObject(objectKey(secrets), await shelf.get(cid, signal));
      if (opened.kind === "opened") return opened.bytes;
      throw new FileError({ code: "FILES_UNREADABLE", what: pin.kind, reason: opened.refusal });
    },
    remove: ({ cid }, pin) => shelf.remove(cid, pin),
  };
}

function placeOf({ kind, id }: ShelfPin): string {
  return `key/${kind}/${id}`;
}
