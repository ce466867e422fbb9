export type {
  Caller,
  EmbedOutcome,
  Gateway,
  InferEvent,
  InferOptions,
  KeyDesk,
  LaneStatus,
  ModelCard,
  NetworkEvent,
  NetworkView,
  ReceiptDocument,
  Refusal,
} from "./gateway.js";
