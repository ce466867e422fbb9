import { z } from "zod";
import { RetrievalError } from "./retrievalError.js";
import { DIMENSION_MAX } from "./retrievalLimits.js";

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;
const name = z.string().regex(IDENTIFIER, "must be a plain name in lower case");
const relation = z
  .string()
  .regex(
    /^([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,62}$/,
    "must be a name, or a schema's and a name, in lower case",
  );

const viewSchema = z.strictObject({
  kind: z.literal("view"),
  /** A view that the client made for this: what it shows is all that is read. */
  view: relation,
  source: name,
  text: name,
});
const vectorsSchema = z.strictObject({
  kind: z.literal("vectors"),
  table: relation,
  source: name,
  text: name,
  /** A column of pgvector's `vector`. */
  embedding: name,
  dimension: z.int().min(1).max(DIMENSION_MAX),
});

/** What of a client's own Postgres is read: a view by words, or a table of vectors by meaning. */
export type RetrievalPlace = z.output<typeof viewSchema> | z.output<typeof vectorsSchema>;

/** Reads a place, strictly: it becomes part of a statement. No SQL of a client's is ever taken. Throws RETRIEVAL_BAD_CONFIG. */
export function parseRetrievalPlace(value: unknown): RetrievalPlace {
  const parsed = z.discriminatedUnion("kind", [viewSchema, vectorsSchema]).safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues.map((issue) => `${issue.path.join(".") || "place"}: ${issue.message}`).join("; ");
  throw new RetrievalError({ code: "RETRIEVAL_BAD_CONFIG", reason });
}

export function relationOf(place: RetrievalPlace): string {
  return place.kind === "view" ? place.view : place.table;
}

/** A checked name, quoted: `schema.name` in two parts. */
export function quoted(identifier: string): string {
  return identifier
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
}
