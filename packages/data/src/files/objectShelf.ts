import type { Cid } from "../content/contentCid.js";
import { parseCid } from "../content/contentCid.js";
import type { ContentNode } from "../content/contentNode.js";
import type { Pin } from "../content/contentPins.js";
import type { DatumKind, Privacy } from "../content/storageMap.js";
import { FileError } from "./fileError.js";

/** Where ciphertext lies, by its CID. */
export type ObjectShelf = {
  put(sealed: Uint8Array, pin: ShelfPin): Promise<string>;
  /** Throws FILES_OBJECT_GONE. */
  get(cid: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Lets an object go: its blocks are collected later. */
  remove(cid: string, pin: ShelfPin): Promise<void>;
  /** All that is held here, some at a time. Absent where that isn't known. */
  list?(most: number): AsyncIterable<readonly { readonly pin: ShelfPin; readonly cid: string }[]>;
};

export type ShelfPin = { readonly kind: "file" | "vectors" | "conversation"; readonly id: string };

/** The shelf of a node of content: the storage map says that nothing but ciphertext may lie there. */
export function createContentShelf(
  node: Pick<ContentNode, "put" | "get" | "unpin" | "listPins">,
  { privacy, bytesMax }: { readonly privacy: Privacy; readonly bytesMax: number },
): ObjectShelf {
  return {
    async put(sealed, { kind, id }) {
      const datum = { kind, privacy, form: "ciphertext", owner: id, untilSeconds: undefined } as const;
      const { cid } = await node.put([sealed], datum);
      return cid.toString();
    },
    get: (cid, signal) => readWhole(node, { cid: parseCid(cid), bytesMax, signal }),
    async remove(cid, { kind, id }) {
      await node.unpin(parseCid(cid), { kind, owner: id });
    },
    async *list(most) {
      for (let last: Pin | undefined, some = node.listPins(most); some.length > 0; some = node.listPins(most, last)) {
        last = some.at(-1);
        yield some.flatMap(({ kind, owner: id, root: cid }) =>
          isShelved(kind) && OWN_ID.test(id) ? [{ pin: { kind, id }, cid }] : [],
        );
      }
    },
  };
}

/** What others pin in the same folder isn't the shelf's. */
const OWN_ID = /^(file-|vs_|resp_|conv_)/;

function isShelved(kind: DatumKind): kind is ShelfPin["kind"] {
  return kind === "file" || kind === "vectors" || kind === "conversation";
}

async function readWhole(
  node: Pick<ContentNode, "get">,
  { cid, bytesMax, signal }: { readonly cid: Cid; readonly bytesMax: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of node.get(cid, { signal })) {
    bytes += part.length;
    if (bytes > bytesMax) throw new FileError({ code: "FILES_OBJECT_GONE", cid: cid.toString() });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
