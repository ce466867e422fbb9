export type { Link, LinkStream, PeerIdentity } from "./link.js";
export type {
  Advertisement,
  BatchNotice,
  FromMiner,
  FromRouter,
  OfferedModel,
  ReceiptNotice,
  ReofferedResult,
  Start,
  StartEmbedding,
} from "./messages.js";
