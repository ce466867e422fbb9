import { z } from "zod";
import type { MasterBox } from "../files/masterBox.js";
import { STRANGERS_POLICY } from "../sinks/target/sinkPolicy.js";
import { createPostgresTool } from "./createPostgresTool.js";
import { parseRetrievalPlace, type RetrievalPlace } from "./retrievalPlace.js";

/** A place in a client's own database that a vector store stands for. */
export type ClientSource = {
  /** Kind, host and relation: fit for people and logs. */
  readonly name: string;
  /** With its credentials. */
  readonly url: string;
  readonly place: RetrievalPlace;
};

/** Reads what a client says of its place. Connects to nothing. Throws RETRIEVAL_BAD_CONFIG. */
export function readClientSource(given: { readonly url: string; readonly place: unknown }): ClientSource {
  const place = parseRetrievalPlace(given.place);
  // Made for its checks alone: the policy is looked at when it connects.
  const { name } = createPostgresTool({ url: given.url, place, policy: STRANGERS_POLICY });
  return { name, url: given.url, place };
}

const keptSchema = z.strictObject({ url: z.string(), place: z.unknown() });

/** A source at rest: under the operator's master key, bound to its store. */
export function sealSource(box: Pick<MasterBox, "seal">, store: string, { url, place }: ClientSource): Buffer {
  return box.seal(Buffer.from(JSON.stringify({ url, place })), sealedAt(store));
}

/** Throws FILES_UNREADABLE where another key sealed it, or it is another store's. */
export function openSource(box: Pick<MasterBox, "open">, store: string, sealed: Uint8Array): ClientSource {
  const { url, place } = keptSchema.parse(JSON.parse(box.open(sealed, sealedAt(store)).toString("utf8")));
  return readClientSource({ url, place });
}

function sealedAt(store: string): string {
  return `source/${store}`;
}
