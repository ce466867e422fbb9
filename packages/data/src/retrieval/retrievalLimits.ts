/** Passages of one answer: more than a prompt of use holds. */
export const PASSAGES_MAX = 50;
/** Characters of one passage; what is longer is cut by the database, before it is sent. */
export const PASSAGE_CHARS_MAX = 8_192;
/** Characters of a passage's source. */
export const SOURCE_CHARS_MAX = 512;
/** Bytes of all passages of one answer: those that come after are left out. */
export const ANSWER_BYTES_MAX = 131_072;
/** Characters of a question. */
export const QUESTION_CHARS_MAX = 4_096;
/** Dimensions of a vector: as many as pgvector stores. */
export const DIMENSION_MAX = 16_000;
/** One search, from the connection to the last passage. */
export const SEARCH_MS_MAX = 10_000;
/** One statement of it. */
export const STATEMENT_MS_MAX = 5_000;
