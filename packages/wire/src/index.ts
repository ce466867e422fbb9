export { type AcceptOptions, acceptLinks, type LinkAcceptor, WIRE_PATH } from "./acceptLinks.js";
export { CLOSE_REASONS, type CloseReason } from "./closeReason.js";
export { decodeNoticeBody, encodeNoticeBody } from "./codec/notice.js";
export { decodeSegmentBody, encodeSegmentBody } from "./codec/segmentBody.js";
export { decodeStreamMessage, encodeStreamMessage } from "./codec/streamMessage.js";
export { type ConnectOptions, connectLink } from "./connectLink.js";
export { CERTIFICATE_SECONDS, createNodeIdentity, type NodeIdentityOptions } from "./createNodeIdentity.js";
export { WIRE_SUITE, WIRE_VERSION } from "./hello.js";
export type { NodeIdentity, RecoverSigner, SignDigest, SignedCertificate } from "./identity.js";
export { type KeepLinkOptions, keepLink, RECONNECT_BASE_MS, RECONNECT_CAP_MS } from "./keepLink.js";
export { LINK_LIMITS, type LinkLimits } from "./limits.js";
export type { Authorise, AuthorisedPeer, Link, LinkRole, LinkStream, PeerIdentity } from "./link.js";
export {
  type Advertisement,
  type AnswerReply,
  type AnswerRequest,
  type BatchNotice,
  type BodyReply,
  type BodyRequest,
  CHECK_REFUSALS,
  CHECK_VERDICTS,
  type CheckRefusal,
  type CheckReply,
  type CheckRequest,
  type CheckVerdict,
  type FromMiner,
  type FromRouter,
  type NoteNotice,
  type Notices,
  type NoticeTopic,
  type OfferedModel,
  PROBE_REFUSALS,
  type PrekeysNotice,
  type ProbeRefusal,
  type ProbeReply,
  type ProbeRequest,
  type ProvenAcknowledgement,
  type QueuedNotice,
  REPLAY_DIFFERENCES,
  type ReceiptNotice,
  type ReceiptsNotice,
  type ReofferedResult,
  type SealedReply,
  type Start,
  type StartEmbedding,
  type StartSealed,
  type StreamMessage,
  type ToMiner,
  type UnpaidNotice,
} from "./messages.js";
export { publicKeyFromRaw, rawPublicKey } from "./rawKeys.js";
export { WireError, type WireErrorData } from "./wireError.js";
