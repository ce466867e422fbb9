/** Bytes of one hosted document: one block of content, and as much as a prompt may have. */
export const HOSTED_BYTES_MAX = 1_048_576;
/** Characters of a document's address. Longer ones hold something else than a place. */
export const HOSTED_URL_CHARS_MAX = 2_048;
/** Documents of one request: each is a connection of its own while somebody waits. */
export const HOSTED_DOCUMENTS_MAX = 8;
/** Hosts of an allow-list: it is looked through for each document. */
export const ALLOWED_HOSTS_MAX = 256;
/** A whole fetch, from the first question to the last byte. A client waits for it before its first token. */
export const FETCH_MS_MAX = 15_000;
/** The longest silence within it: who drips bytes is given up. */
export const IDLE_MS_MAX = 3_000;
/** Bytes that must have come for each second since the answer began, once the first second is over: an idle deadline alone lets one byte in each. */
export const BYTES_PER_SECOND_MIN = 1_024;
/** A connection that isn't there by then won't be in time. */
export const CONNECT_MS_MAX = 5_000;
/** Bytes of an answer's headers. */
export const HEADER_BYTES_MAX = 16_384;
