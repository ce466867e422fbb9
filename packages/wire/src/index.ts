export { type AcceptLinks, type AcceptOptions, type LinkAcceptor, WIRE_PATH } from "./acceptLinks.js";
export { CLOSE_REASONS, type CloseReason } from "./closeReason.js";
export type { ConnectLink, ConnectOptions } from "./connectLink.js";
export type { ConnectionCertificate, NodeIdentity, SignDigest } from "./identity.js";
export type { KeepLink, KeepLinkOptions } from "./keepLink.js";
export { LINK_LIMITS, type LinkLimits } from "./limits.js";
export type { Authorise, AuthorisedPeer, Link, LinkRole, LinkStream, PeerIdentity } from "./link.js";
export type {
  Advertisement,
  BatchNotice,
  FromMiner,
  FromRouter,
  Notices,
  NoticeTopic,
  OfferedModel,
  ProvenAcknowledgement,
  ReceiptNotice,
  ReofferedResult,
  Start,
  StartEmbedding,
  StreamMessage,
  ToMiner,
  UnpaidNotice,
} from "./messages.js";
