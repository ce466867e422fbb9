export {
  CID_BYTES_MAX,
  GRANT_SCOPES,
  GRANT_TYPE,
  type Grant,
  type GrantScope,
  type GrantTerms,
  grantSigner,
  hashGrant,
  openGrant,
  type SignedGrant,
  signGrant,
  wrapGrant,
} from "./grant.js";
export { parseSignedGrant, parseSignedShredRecord } from "./grantDocument.js";
export { type GrantFacts, type GrantFault, grantFault } from "./grantFault.js";
export {
  GRANT_REVOCATION_TYPE,
  type GrantRevocation,
  grantRevocationSigner,
  hashGrantRevocation,
  type SignedGrantRevocation,
  signGrantRevocation,
} from "./grantRevocation.js";
export {
  hashKeptAsk,
  KEPT_ASK_SECONDS,
  KEPT_ASK_TYPE,
  type KeptAsk,
  keptAskSigner,
  type SignedKeptAsk,
  signKeptAsk,
} from "./keptAsk.js";
export { keptHash, OBJECT_KEY_BYTES, type ObjectSecrets, objectKey } from "./objectKey.js";
export {
  type FramePlace,
  OBJECT_BYTES_MAX,
  OBJECT_FRAME_BYTES,
  OBJECT_FRAMES_MAX,
  ObjectCipher,
  type ObjectRefusal,
  type OpenedObject,
  openObject,
  sealedBytesOf,
  sealObject,
} from "./sealedObject.js";
export {
  hashShredRecord,
  SHRED_GRANTS_MAX,
  SHRED_RECORD_TYPE,
  type ShreddedGrant,
  type ShredFault,
  type ShredRecord,
  type SignedShredRecord,
  shredFault,
  shredRecordOf,
  signShredRecord,
} from "./shredRecord.js";
