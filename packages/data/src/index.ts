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
export type { ContentNode, ContentStat, Datum, ReadWithin } from "./content/contentNode.js";
export type { Pin, PinName } from "./content/contentPins.js";
export { type ContentNodeParts, createContentNode } from "./content/createContentNode.js";
export { type CutObject, cutObject } from "./content/cutObject.js";
export type { BlockSource } from "./content/fetchHedged.js";
export { Gate } from "./content/gate.js";
export type { ContentRoute } from "./content/httpSources.js";
export { createKuboClient, type KuboClient } from "./content/kuboClient.js";
export type { ContentName } from "./content/nameExchange.js";
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
export {
  CONVERSATION_SECONDS,
  type ConversationDesk,
  OWNER_CONVERSATION_BYTES_MAX,
  OWNER_CONVERSATIONS_MAX,
} from "./conversations/conversationDesk.js";
export {
  type ConversationManifest,
  type ConversationState,
  rootOfMessages,
} from "./conversations/conversationState.js";
export type { ChangedThread, ThreadChange, ThreadDesk } from "./conversations/threadDesk.js";
export type { Thread, ThreadItem, ThreadState } from "./conversations/threadState.js";
export type { DataOwner } from "./files/dataOwner.js";
export { type CreatedFile, FILE_PURPOSES, type FileDesk, type FilePurpose, type StoredFile } from "./files/fileDesk.js";
export { FileError, type FileErrorData } from "./files/fileError.js";
export type { MediaType } from "./files/fileTypes.js";
export { createMasterBox, type MasterBox } from "./files/masterBox.js";
export { createContentShelf, type ObjectShelf } from "./files/objectShelf.js";
export { GrantError, type GrantErrorData } from "./grants/grantError.js";
export { GrantKeeper, type GrantKeeperParts, type KeptObject } from "./grants/grantKeeper.js";
export { type FetchHostedParts, fetchHosted } from "./hosting/fetchHosted.js";
export { type HostedReference, parseHostedReference } from "./hosting/hostedReference.js";
export { HostingError, type HostingErrorData } from "./hosting/hostingError.js";
export { HOSTED_BYTES_MAX, HOSTED_DOCUMENTS_MAX } from "./hosting/hostingLimits.js";
export { badHostOf, type HostingPolicy } from "./hosting/hostingPolicy.js";
export { type ClientSource, readClientSource } from "./retrieval/clientSource.js";
export { createPostgresTool, type PostgresToolParts } from "./retrieval/createPostgresTool.js";
export { RetrievalError, type RetrievalErrorData } from "./retrieval/retrievalError.js";
export { parseRetrievalPlace, type RetrievalPlace } from "./retrieval/retrievalPlace.js";
export type { Passage, RetrievalQuery, RetrievalTool } from "./retrieval/retrievalTool.js";
export type { ClientTask, EndedClientTask } from "./sinks/client/clientTask.js";
export {
  type ClientRecorder,
  type ClientSink,
  type ClientSinkParts,
  openClientSink,
} from "./sinks/client/openClientSink.js";
export { SINKS_MAX } from "./sinks/limits.js";
export { type OpenSinkParts, openSink } from "./sinks/openSink.js";
export { createMemoryOutbox } from "./sinks/outbox/createMemoryOutbox.js";
export { createPostgresOutbox } from "./sinks/outbox/createPostgresOutbox.js";
export type {
  AppendOutcome,
  OutboxBounds,
  OutboxLease,
  OutboxStatus,
  PageBounds,
  SinkOutbox,
} from "./sinks/outbox/sinkOutbox.js";
export { createSinkPump, type SinkPump, type SinkPumpParts } from "./sinks/pump/createSinkPump.js";
export { createSinkPumps, type SinkPumps } from "./sinks/pump/createSinkPumps.js";
export { createSinkMetrics, NO_SINK_METRICS, type SinkMetrics } from "./sinks/pump/sinkMetrics.js";
export type { SinkState } from "./sinks/pump/sinkState.js";
export { canonicalJson, type JsonValue } from "./sinks/record/canonicalJson.js";
export {
  formatSinkRecord,
  parseSinkRecord,
  type SinkContent,
  type SinkDraft,
  type SinkRecord,
  type SinkTexts,
  WITHHELD_REASONS,
  type WithheldReason,
} from "./sinks/record/sinkRecord.js";
export {
  type DeliverOutcome,
  SINK_KINDS,
  type Sink,
  type SinkBatch,
  type SinkHead,
  type SinkKind,
} from "./sinks/sink.js";
export { SinkError, type SinkErrorData } from "./sinks/sinkError.js";
export { createMemorySinkStore } from "./sinks/store/createMemorySinkStore.js";
export { createPostgresSinkStore } from "./sinks/store/createPostgresSinkStore.js";
export type { KeptTarget, NumberedTarget, SinkStore, SinkTaskDraft } from "./sinks/store/sinkStore.js";
export { createSinkVault, type SinkVault } from "./sinks/store/sinkVault.js";
export { checkSinkTarget } from "./sinks/target/checkSinkTarget.js";
export { parseSinkTarget } from "./sinks/target/parseSinkTarget.js";
export { OWN_POLICY, type SinkPolicy, STRANGERS_POLICY } from "./sinks/target/sinkPolicy.js";
export { nameOfTarget, type SinkTarget } from "./sinks/target/sinkTarget.js";
export { type SinkReport, showSink, testSink } from "./sinks/tryOut/tryOutSink.js";
export { signWebhook, verifyWebhook, WEBHOOK_TOLERANCE_SECONDS } from "./sinks/webhook/signWebhook.js";
export { type AttributeFilter, type Attributes, COMPARISONS } from "./vectors/attributeFilter.js";
export type { Cited } from "./vectors/citeSources.js";
export {
  type Collection,
  type CollectionEntry,
  type CollectionManifest,
  exportCollection,
  exportLines,
  importCollection,
  makeManifest,
  type OpenedCollection,
  openCollection,
  rootOfEntries,
} from "./vectors/collection.js";
export type { Embed, EmbedMade } from "./vectors/embed.js";
export { createExactIndex } from "./vectors/exactIndex.js";
export { createLanceIndex } from "./vectors/lanceIndex.js";
export { type DataDesk, openDataDesk, SHELF_OBJECT_BYTES_MAX } from "./vectors/openDataDesk.js";
export type { SearchOutcome, SearchResult, StoreQuery } from "./vectors/searchDesk.js";
export { VectorError, type VectorErrorData } from "./vectors/vectorError.js";
export type { Neighbour, VectorIndex } from "./vectors/vectorIndex.js";
export { EXACT_VECTORS_MAX, STORE_CHUNKS_MAX } from "./vectors/vectorLimits.js";
export {
  type Attachment,
  FILE_STATUSES,
  type FileBatch,
  type FileCounts,
  type IndexFault,
  type IndexStatus,
  type StoreFile,
  type VectorStore,
} from "./vectors/vectorStore.js";
