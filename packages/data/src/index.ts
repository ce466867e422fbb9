export type { Collected } from "./content/collectContent.js";
export {
  type Cid,
  cidOf,
  cidOfDigest,
  digestOf,
  isNamed,
  NODE_CODEC,
  parseCid,
  RAW_CODEC,
} from "./content/contentCid.js";
export { ContentError, type ContentErrorData, type SourceFailure } from "./content/contentError.js";
export {
  BLOCK_BYTES_MAX,
  CHUNK_BYTES,
  DEPTH_MAX,
  FAN_OUT_MAX,
  GRACE_SECONDS,
  OBJECT_BLOCKS_MAX,
  OBJECT_BYTES_MAX,
} from "./content/contentLimits.js";
export type { ContentNode, ContentStat, Datum } from "./content/contentNode.js";
export type { Pin, PinName } from "./content/contentPins.js";
export { type ContentNodeParts, createContentNode } from "./content/createContentNode.js";
export { type CutObject, cutObject } from "./content/cutObject.js";
export type { BlockSource } from "./content/fetchHedged.js";
export type { ContentRoute } from "./content/httpSources.js";
export { createKuboClient, type KuboClient } from "./content/kuboClient.js";
export {
  DATUM_KINDS,
  type DatumKind,
  isDatumKind,
  mayPublish,
  type Place,
  PRIVACY_LEVELS,
  type Privacy,
  placeOf,
  type Retention,
  retainUntil,
  STORAGE_MAP,
} from "./content/storageMap.js";
