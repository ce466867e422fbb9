import { FILE_BYTES_MAX, PROMPT_BYTES_MAX } from "@cortensor/protocol";

/** Largest request body: the longest prompt, and as much again for what JSON, or hex, makes of it; a little for what stands beside it. */
export const BODY_BYTES_MAX = 2 * PROMPT_BYTES_MAX + 16_384;
/**
 * A body over the limit is read and thrown away up to here, so that its sender sees the 413 instead of a reset connection;
 * beyond it the connection is cut.
 */
export const BODY_DRAIN_BYTES_MAX = 16 * 1_048_576;
/** Settlement sets read at once: each may take 64 MiB of memory until it is sent. */
export const SET_READS_MAX = 4;
/** Requests of the session queue read at once: each takes up to 1 MiB of memory until it is sent. */
export const REQUEST_READS_MAX = 16;
/** Evidence read at once: each may take some 10 MiB of memory until it is sent. */
export const EVIDENCE_READS_MAX = 4;
/** Tasks shown to validators at once: as evidence. */
export const DUTY_READS_MAX = 4;
/** Disputed results read at once: those who sit in a few disputes. */
export const CASE_READS_MAX = 8;
/** Virtual blocks looked for at once: each may ask every guard. */
export const EPOCH_READS_MAX = 4;
/** Tasks listed by one call for checkers: a page of the books. */
export const EVIDENCE_LISTED_MAX = 1_000;
/** Listeners of the event stream at once: each costs a socket and a copy of every event. */
export const EVENT_LISTENERS_MAX = 256;
/** Bytes an event listener may leave unread before it is dropped: about a thousand events. */
export const EVENT_BACKLOG_BYTES_MAX = 262_144;
/** A comment on an idle event stream keeps proxies from closing it. */
export const EVENT_HEARTBEAT_MS = 15_000;
/** Silence before a stream's first word after which it sends a comment: half of what impatient proxies allow. */
export const STREAM_SILENCE_MS = 15_000;
/** Content parts of one message. */
export const CONTENT_PARTS_MAX = 256;
/** Characters of a model's name. */
export const MODEL_CHARS_MAX = 256;
/** Texts of one embedding request: they run on one miner, one after the other. */
export const EMBED_TEXTS_MAX = 256;
/** Output tokens when the request names no limit, or half the model's context where that is less: a hold covers all of them. */
export const DEFAULT_OUTPUT_TOKENS = 1_024;
/** Output tokens of a plain completion when the request names no limit, as OpenAI has it. */
export const DEFAULT_COMPLETION_TOKENS = 16;
/** Idle time before a kept connection is closed: longer than the 60 s of common load balancers, so that they close first. */
export const KEEP_ALIVE_MS = 72_000;
/** Time a client has to send its request. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Time for a TLS handshake: a close waits for those under way. */
export const HANDSHAKE_MS = 5_000;
/** A file's upload, with what its form says beside it. */
export const UPLOAD_BYTES_MAX = FILE_BYTES_MAX + 65_536;
/** Uploads read at once: each is held in memory, twice while its form is read. */
export const UPLOADS_MAX = 4;
/** Characters of a database's URL: as many as anything writes. */
export const SOURCE_URL_CHARS_MAX = 4_096;
/** Vector stores, or files of one, of a page. */
export const STORES_LISTED_MAX = 100;
export const STORES_LISTED_DEFAULT = 20;
/** Files that one collection is uploaded in: 1 GiB, as much as an object may have. */
export const COLLECTION_PIECES_MAX = 64;
/** Items of a conversation, of a page. */
export const ITEMS_LISTED_MAX = 100;
export const ITEMS_LISTED_DEFAULT = 20;
/** Requests and links of one network that a front has under way: a router's 25,000 streams and 4,096 links, and those who look on. */
export const NETWORK_EXCHANGES_MAX = 32_768;
/** Idle time after which a front closes a connection to a router: shorter than `KEEP_ALIVE_MS`, so that no request meets one that closes. */
export const FRONT_IDLE_MS = 30_000;
