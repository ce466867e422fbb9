/** One uploaded file: it is read, opened and cut in memory. */
export const FILE_BYTES_MAX = 16_777_216;
/** Characters of a file's name: what common file systems take. */
export const FILENAME_CHARS_MAX = 255;
/** An expiry lies between an hour and thirty days behind the upload, as OpenAI has it. */
export const EXPIRY_SECONDS_MIN = 3_600;
export const EXPIRY_SECONDS_MAX = 2_592_000;
/** Files of a page. */
export const FILES_LISTED_MAX = 10_000;
/** Files of one batch. */
export const BATCH_FILES_MAX = 500;
/** A chunk's tokens, and the bounds that OpenAI has for them. */
export const CHUNK_TOKENS_MIN = 100;
export const CHUNK_TOKENS_MAX = 4_096;
/** What `auto` means: short enough that several chunks fit a small model's context beside the question. */
export const AUTO_CHUNKING = { maxTokens: 200, overlapTokens: 50 } as const;
/** Results of one search. */
export const RESULTS_MAX = 50;
export const RESULTS_DEFAULT = 10;
/** Characters of a search's question. */
export const QUERY_CHARS_MAX = 4_096;
/** Attributes of a file, and the lengths of their names and values, as OpenAI has them. */
export const ATTRIBUTES_MAX = 16;
export const ATTRIBUTE_NAME_CHARS_MAX = 64;
export const ATTRIBUTE_VALUE_CHARS_MAX = 512;
/** Comparisons of one filter, and how deep they are nested. */
export const FILTER_NODES_MAX = 64;
export const FILTER_DEPTH_MAX = 5;
/** Days of a store's `expires_after`. */
export const EXPIRY_DAYS_MAX = 365;
