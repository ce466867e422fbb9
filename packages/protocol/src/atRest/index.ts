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
export { type GrantFacts, type GrantFault, grantFault } from "./grantFault.js";
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
