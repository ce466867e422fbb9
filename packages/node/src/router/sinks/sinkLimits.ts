/** Bounds of a router's work for sinks, with their reasons. */

/** How long a session's `room` is taken as it was: what its tasks make meanwhile fits into an outbox's reserve many times. */
export const ROOM_MS = 1_000;
/** Pause between two looks at whether another router has changed a sink, and at what could not be appended. */
export const SINKS_POLL_MS = 2_000;
/** Records on their way into the outbox from this process: beyond, sessions with a sink are given no new tasks. */
export const APPENDS_MAX = 10_000;
/** Sessions appended to at once: below the connections of the sinks' own pool no wait for one is long. */
export const SESSIONS_AT_ONCE = 4;
/** Characters of drafts in one statement: large ones go alone. */
export const KEEP_CHARS_MAX = 4_194_304;
/** Drafts without a receipt that are looked at in one round. */
export const DRAFTS_AT_ONCE = 10_000;
/** Pause between two looks at drafts whose receipt another process may have brought. */
export const RECONCILE_MS = 60_000;
/** A draft waits that long for its task's receipt: miners offer their results again for as long as they run. */
export const DRAFT_MS_MAX = 86_400_000;
