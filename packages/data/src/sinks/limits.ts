/** Every bound of sinks, with its reason. */

/**
 * A record in canonical JSON. The longest prompt and answer, written as escapes throughout, come to some 7 MiB; a database's
 * packet (16 MiB in MariaDB, unless changed) has room for it.
 */
export const RECORD_BYTES_MAX = 8_388_608;
/** Name of a model in a record. */
export const MODEL_BYTES_MAX = 256;
/** Records of one delivery: one transaction, or one POST. More gain nothing beside the round trip. */
export const BATCH_RECORDS_MAX = 100;
/** Records' bytes of one delivery; a larger record goes alone. */
export const BATCH_BYTES_MAX = 4_194_304;

/** Records of a session that may wait before its new tasks are refused: hours of a busy session. */
export const SESSION_RECORDS_MAX = 10_000;
/** Bytes of a session that may wait, likewise. */
export const SESSION_BYTES_MAX = 268_435_456;
/** Bytes of all sessions' waiting records on one database: beyond, no session with a sink is given work. */
export const OUTBOX_BYTES_MAX = 17_179_869_184;
/** Tasks that were admitted before the mark was reached still fit: an outbox takes this many times what closes it. */
export const RESERVE_FACTOR = 2;
/** Task ids kept of delivered records, so that one appended twice around a crash stands once. */
export const DELIVERED_IDS_KEPT = 1_024;

/** Sinks that one process delivers to: each has a connection of its own. */
export const SINKS_MAX = 1_000;
/** A lease is dead this long after its last renewal: how long a killed router's sessions wait for another router. */
export const LEASE_MS = 30_000;
/** No delivery ends later than this long before its lease does, so that a stalled router sends nothing after its successor. */
export const LEASE_MARGIN_MS = 5_000;
/** One delivery, or one question to a sink. */
export const DELIVERY_MS_MAX = 20_000;
/** Pause until a leased session is looked at again. */
export const LEASE_POLL_MS = 5_000;
/** Pause until an empty outbox is looked at again, where nobody says that something has come: another router's records. */
export const IDLE_POLL_MS = 5_000;
/** First pause after a failure; doubles with each one more. */
export const BACKOFF_BASE_MS = 500;
/** Longest pause after a failure: a sink that is back is found within it. */
export const BACKOFF_CAP_MS = 60_000;
/** Refusals of one record alone until it is delivered without its texts. */
export const REFUSALS_MAX = 5;

/** A target's text: a URL with the longest names and passwords in use, or its JSON with a chain of certificates. */
export const TARGET_BYTES_MAX = 65_536;
/** Bytes of a webhook's secret, decoded, as the Standard Webhooks scheme has it. */
export const WEBHOOK_SECRET_BYTES_MIN = 24;
export const WEBHOOK_SECRET_BYTES_MAX = 64;
/** What is read of a webhook's answer: nothing in it is used. */
export const WEBHOOK_ANSWER_BYTES_MAX = 65_536;
/** A connection that isn't there by then won't help. */
export const CONNECT_MS_MAX = 10_000;

/** A client's own sink: first pause until a task's receipt is asked for again, half the time in which a router acknowledges; doubles up to the next. */
export const CLIENT_POLL_BASE_MS = 250;
/** Longest such pause; ten times as long for what didn't come to its end, which mostly has none. */
export const CLIENT_POLL_CAP_MS = 60_000;
/** Receipts asked for at once. */
export const CLIENT_RECEIPTS_AT_ONCE = 16;
/** Answers behind one without a receipt wait so long for it, so that rows stand as the answers came. */
export const CLIENT_HOLD_MS = 30_000;
/** An answer waits that long for its receipt: miners offer their results again for as long as they run. */
export const CLIENT_DRAFT_MS_MAX = 86_400_000;
/** What was cut, or refused by its router, waits less: nothing but a charge without texts is missed. */
export const CLIENT_UNFINISHED_MS_MAX = 3_600_000;
/** Shortest pause between two looks at what waits; a hundred of them while nothing is due. */
export const CLIENT_LOOK_MS = 50;
