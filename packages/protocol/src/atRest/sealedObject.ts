import { concatBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";

/** Plain bytes of every frame but the last. */
export const OBJECT_FRAME_BYTES = 65_536;
/** A whole object that is sealed or opened in memory; larger ones go frame by frame. */
export const OBJECT_BYTES_MAX = 268_435_456;
/** Frames of one object: 64 GiB, far below what one AES-GCM key may seal. */
export const OBJECT_FRAMES_MAX = 1_048_576;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const VERSION = 1;
const HEAD_BYTES = 1;
const SEALED_FRAME_BYTES = OBJECT_FRAME_BYTES + TAG_BYTES;

/** A frame's place in its object. */
export type FramePlace = { readonly index: number; readonly isFinal: boolean };

/** Why a sealed object isn't opened. `tampered` also where its key is another. */
export type ObjectRefusal = "otherVersion" | "truncated" | "tooLarge" | "tampered";
export type OpenedObject =
  | { readonly kind: "opened"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly refusal: ObjectRefusal };

/** Seals frames of one object under its key, which serves no other: the nonce is the frame's place. */
export class ObjectCipher {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** Of `objectKey`'s 32 bytes: AES-256-GCM by the platform. */
  static async create(key: Uint8Array): Promise<ObjectCipher> {
    const imported = await crypto.subtle.importKey("raw", copyOf(key), "AES-GCM", false, ["encrypt", "decrypt"]);
    return new ObjectCipher(imported);
  }

  /** Every frame but the last is full. Throws PROTOCOL_OUT_OF_RANGE. */
  async seal(place: FramePlace, plain: Uint8Array): Promise<Uint8Array> {
    const isFit = place.isFinal ? plain.length <= OBJECT_FRAME_BYTES : plain.length === OBJECT_FRAME_BYTES;
    if (!isFit) refuse("frameBytes", plain.length, `${OBJECT_FRAME_BYTES}, or fewer in the last`);
    return new Uint8Array(await crypto.subtle.encrypt(paramsOf(place), this.#key, copyOf(plain)));
  }

  /** Undefined for anything that wasn't sealed for this place under this key. */
  async open(place: FramePlace, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    const params = paramsOf(place);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(params, this.#key, copyOf(sealed)));
    } catch (error) {
      if (error instanceof DOMException && error.name === "OperationError") return undefined;
      throw error;
    }
  }
}

/** Version u8 = 1 ‖ frames: 64 KiB of text and 16 of tag each, the last shorter or as long; an empty object has one empty frame. Throws PROTOCOL_OUT_OF_RANGE. */
export async function sealObject(key: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
  if (plain.length > OBJECT_BYTES_MAX) refuse("objectBytes", plain.length, `0…${OBJECT_BYTES_MAX}`);
  const cipher = await ObjectCipher.create(key);
  const count = Math.max(1, Math.ceil(plain.length / OBJECT_FRAME_BYTES));
  const parts: Uint8Array[] = [Uint8Array.of(VERSION)];
  for (let index = 0; index < count; index += 1) {
    const from = index * OBJECT_FRAME_BYTES;
    const part = plain.subarray(from, from + OBJECT_FRAME_BYTES);
    parts.push(await cipher.seal({ index, isFinal: index === count - 1 }, part));
  }
  return concatBytes(...parts);
}

/** Opens a whole object: a frame that is altered, moved, left out or another object's is refused, and so is an end that isn't the end. */
export async function openObject(key: Uint8Array, sealed: Uint8Array): Promise<OpenedObject> {
  if (sealed.length > HEAD_BYTES + sealedBytesOf(OBJECT_BYTES_MAX)) return { kind: "refused", refusal: "tooLarge" };
  if (sealed.length < HEAD_BYTES + TAG_BYTES) return { kind: "refused", refusal: "truncated" };
  if (sealed[0] !== VERSION) return { kind: "refused", refusal: "otherVersion" };
  const cipher = await ObjectCipher.create(key);
  const frames = sealed.subarray(HEAD_BYTES);
  const count = Math.ceil(frames.length / SEALED_FRAME_BYTES);
  const parts: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    const frame = frames.subarray(index * SEALED_FRAME_BYTES, (index + 1) * SEALED_FRAME_BYTES);
    const part = await cipher.open({ index, isFinal: index === count - 1 }, frame);
    if (part !== undefined) parts.push(part);
    else return { kind: "refused", refusal: await refusalOf(cipher, { frame, index }) };
  }
  return { kind: "opened", bytes: concatBytes(...parts) };
}

/** Bytes of an object's frames when they are sealed. */
export function sealedBytesOf(plainBytes: number): number {
  return plainBytes + TAG_BYTES * Math.max(1, Math.ceil(plainBytes / OBJECT_FRAME_BYTES));
}

/** A last frame that opens as one in the middle shows that others followed it. */
async function refusalOf(
  cipher: ObjectCipher,
  { frame, index }: { readonly frame: Uint8Array; readonly index: number },
): Promise<ObjectRefusal> {
  const inMiddle = await cipher.open({ index, isFinal: false }, frame);
  return inMiddle === undefined ? "tampered" : "truncated";
}

function paramsOf({ index, isFinal }: FramePlace): AesGcmParams {
  if (index >= OBJECT_FRAMES_MAX) refuse("frameIndex", index, `0…${OBJECT_FRAMES_MAX - 1}`);
  const iv = new ByteWriter().uint("index", index, NONCE_BYTES).toBytes();
  const aad = new ByteWriter()
    .tag("cortensor object v1")
    .uint("index", index, 4)
    .uint("final", isFinal ? 1 : 0, 1)
    .toBytes();
  return { name: "AES-GCM", iv: copyOf(iv), additionalData: copyOf(aad), tagLength: 8 * TAG_BYTES };
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

function refuse(field: string, value: number, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range });
}
