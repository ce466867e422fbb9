import type { SqlValue } from "../sinks/sql/sqlDriver.js";
import { RetrievalError } from "./retrievalError.js";
import { PASSAGE_CHARS_MAX, QUESTION_CHARS_MAX, SOURCE_CHARS_MAX } from "./retrievalLimits.js";
import { quoted, type RetrievalPlace, relationOf } from "./retrievalPlace.js";
import type { RetrievalQuery } from "./retrievalTool.js";

/** A statement whose `?` are bound: nothing of a question stands in its text. */
export type SearchStatement = { readonly sql: string; readonly values: readonly SqlValue[] };

/** How a place is searched. Throws RETRIEVAL_BAD_QUERY. */
export function searchStatement(place: RetrievalPlace, query: RetrievalQuery, limit: number): SearchStatement {
  if (query.text.length > QUESTION_CHARS_MAX) throw badQuery(`longer than ${QUESTION_CHARS_MAX} characters`);
  if (query.text.includes("\0")) throw badQuery("has a NUL");
  const from = quoted(relationOf(place));
  const source = `left(${quoted(place.source)}::text, ${SOURCE_CHARS_MAX}) AS source`;
  const text = `left(${quoted(place.text)}::text, ${PASSAGE_CHARS_MAX}) AS text`;
  if (place.kind === "view") {
    // Any of the question's words counts; rows with more of them come first.
    const words = `to_tsvector('simple', coalesce(${quoted(place.text)}::text, ''))`;
    const wanted = "replace(plainto_tsquery('simple', ?)::text, '&', '|')::tsquery";
    return {
      sql: `SELECT ${source}, ${text}, ts_rank(${words}, ${wanted})::float8 AS score FROM ${from}
        WHERE ${words} @@ ${wanted} ORDER BY score DESC, source LIMIT ?`,
      values: [query.text, query.text, limit],
    };
  }
  const vector = vectorText(query.vector, place.dimension);
  const distance = `(${quoted(place.embedding)} <=> ?::vector)`;
  return {
    sql: `SELECT ${source}, ${text}, (1 - ${distance})::float8 AS score FROM ${from}
      WHERE ${quoted(place.embedding)} IS NOT NULL ORDER BY ${distance} LIMIT ?`,
    values: [vector, vector, limit],
  };
}

function vectorText(vector: readonly number[] | undefined, dimension: number): string {
  if (vector?.length !== dimension) throw badQuery(`needs a vector of ${dimension} numbers`);
  if (!vector.every(Number.isFinite)) throw badQuery("its vector isn't of finite numbers");
  return `[${vector.join(",")}]`;
}

function badQuery(reason: string): RetrievalError {
  return new RetrievalError({ code: "RETRIEVAL_BAD_QUERY", reason });
}
