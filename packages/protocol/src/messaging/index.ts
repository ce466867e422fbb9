export { encodeOffence, type GuardOffence, offenderOf } from "./guardOffence.js";
export { MESSAGE_BATCH_MAX, MESSAGE_BODY_BYTES_MAX, MESSAGE_GAS_MAX, OUTBOX_MESSAGES_MAX } from "./limits.js";
export { type Message, type MessageWay, messageId, messageLeaf } from "./message.js";
export {
  type DeliveryTry,
  EMPTY_INBOX,
  type Inbox,
  type InboxCap,
  type InboxEvent,
  type InboxRefusal,
  type MessageState,
  nextInbox,
} from "./nextInbox.js";
export { OUTBOX_TYPE, outboxDigest, outboxTree } from "./outbox.js";
export { type CoveredRange, type CoverFacts, coverOf, type PostedRoot } from "./outboxCover.js";
export {
  decodeOutboxEquivocation,
  encodeOutboxEquivocation,
  type OutboxEquivocation,
  outboxEquivocationOf,
  outboxEquivocatorOf,
  type SignedOutbox,
} from "./outboxEquivocation.js";
