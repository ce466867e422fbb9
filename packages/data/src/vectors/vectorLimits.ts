/** Vector stores of one owner. */
export const OWNER_STORES_MAX = 100;
/** Files of one store. */
export const STORE_FILES_MAX = 1_000;
/** Chunks of one store: with their texts and vectors they are held in memory while it is searched, some 60 MiB. */
export const STORE_CHUNKS_MAX = 20_000;
/** Texts embedded as one task, and kept as one object: what a crash can make be paid twice. */
export const PART_CHUNKS = 32;
/** Characters that count as one token where no tokenizer is at hand: a word of English has one or two. */
export const TOKEN_CHARS = 4;
/** Times a file is tried before it is called failed. */
export const INDEX_TRIES_MAX = 6;
/** A router that holds a file and says nothing for so long is taken for dead. */
export const INDEX_LEASE_MS = 120_000;
/** First wait behind a failed try; doubled each time. */
export const INDEX_BACKOFF_MS = 2_000;
/** Files worked on at once by one router. */
export const INDEX_AT_ONCE = 2;
/** Parts of one file made before another has its turn. */
export const INDEX_TURN_PARTS = 16;
/** Stores kept ready to be searched, and the bytes of all their chunks. */
export const LOADED_STORES_MAX = 16;
export const LOADED_BYTES_MAX = 268_435_456;
/** Vectors up to which every one is compared: a scan of so many takes a few milliseconds. */
export const EXACT_VECTORS_MAX = 5_000;
/** Candidates of each of the two searches that are fused. */
export const CANDIDATES = 100;
/** Clients' databases asked at once by one router: each is a connection, and up to ten seconds. */
export const SOURCES_AT_ONCE = 8;
/** Expired stores emptied by one round. */
export const SWEPT_STORES_MAX = 20;
/** Vectors of one collection that is exported or imported, and the bytes of one line. */
export const COLLECTION_LINE_BYTES_MAX = 262_144;
/** Numbers of one vector. */
export const DIMENSION_MAX = 8_192;
