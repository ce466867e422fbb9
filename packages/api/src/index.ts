export type {
  Caller,
  EmbedOutcome,
  Gateway,
  InferEvent,
  InferOptions,
  ModelCard,
  NetworkEvent,
  NetworkView,
  ReceiptDocument,
  Refusal,
} from "./gateway.js";
