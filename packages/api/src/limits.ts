/** Largest request body. A longer prompt would hold an engine for minutes, and no offered model's context takes it. */
export const BODY_BYTES_MAX = 1_048_576;
/**
 * A body over the limit is read and thrown away up to here, so that its sender sees the 413 instead of a reset connection;
 * beyond it the connection is cut.
 */
export const BODY_DRAIN_BYTES_MAX = 16 * 1_048_576;
/** Listeners of the event stream at once: each costs a socket and a copy of every event. */
export const EVENT_LISTENERS_MAX = 256;
/** Bytes an event listener may leave unread before it is dropped: about a thousand events. */
export const EVENT_BACKLOG_BYTES_MAX = 262_144;
/** A comment on an idle event stream keeps proxies from closing it. */
export const EVENT_HEARTBEAT_MS = 15_000;
/** Messages of one chat: far more turns than a context holds. */
export const MESSAGES_MAX = 2_048;
/** Content parts of one message. */
export const CONTENT_PARTS_MAX = 256;
/** Stop texts, as OpenAI has it. */
export const STOPS_MAX = 4;
/** Characters of one stop text: the engine compares each at every token. */
export const STOP_CHARS_MAX = 256;
/** Biased tokens, as OpenAI has it. */
export const LOGIT_BIASES_MAX = 300;
/** Characters of a model's name. */
export const MODEL_CHARS_MAX = 256;
/** Texts of one embedding request: they run on one miner, one after the other. */
export const EMBED_TEXTS_MAX = 256;
/** Output tokens when the request names no limit, or half the model's context where that is less: a hold covers all of them. */
export const DEFAULT_OUTPUT_TOKENS = 1_024;
/** Output tokens of a plain completion when the request names no limit, as OpenAI has it. */
export const DEFAULT_COMPLETION_TOKENS = 16;
/** Candidates that the canonical sampler keeps: both default and most. */
export const TOP_K_MAX = 40;
/** Idle time before a kept connection is closed: longer than the 60 s of common load balancers, so that they close first. */
export const KEEP_ALIVE_MS = 72_000;
/** Time a client has to send its request. */
export const REQUEST_TIMEOUT_MS = 30_000;
