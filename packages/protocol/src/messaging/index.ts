export { MESSAGE_BATCH_MAX, MESSAGE_BODY_BYTES_MAX, MESSAGE_GAS_MAX } from "./limits.js";
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
