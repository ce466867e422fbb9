export { isRefusalCode } from "./apiError.js";
export type { CaseDesk, CaseOutcome, CaseQuery, TaskView } from "./caseDesk.js";
export type { ContentPlace } from "./contentRoute.js";
export { type ApiServerParts, createApiServer } from "./createApiServer.js";
export { createGuardServer } from "./createGuardServer.js";
export { createHealthServer } from "./createHealthServer.js";
export { createOpenAiServer } from "./createOpenAiServer.js";
export type { CrossOrigin } from "./crossOrigin.js";
export type { DutyDesk, DutyOutcome, DutyQuery } from "./dutyDesk.js";
export type {
  BeaconView,
  EpochDesk,
  EpochsView,
  EpochView,
  GuardView,
  RootView,
  ShownVirtualBlock,
} from "./epochDesk.js";
export type { ApiLog } from "./errorAnswers.js";
export type { EvidenceDesk, EvidenceOutcome, EvidenceView } from "./evidenceDesk.js";
export type { DataGateway } from "./files/dataGateway.js";
export { createNetworkFront, type FrontNetwork, type NetworkFront } from "./front/createNetworkFront.js";
export { isNetworkSegment, NETWORKS_PATH } from "./front/readPlace.js";
export type {
  Caller,
  CheckedView,
  CopiesView,
  EmbedOutcome,
  Gateway,
  InferEvent,
  InferOptions,
  KeyDesk,
  LaneStatus,
  ModelCard,
  NetworkEvent,
  NetworkView,
  NodeLifeView,
  Priority,
  QueueAnswer,
  QueueGateway,
  Quote,
  QuoteOutcome,
  QuoteRequest,
  RateView,
  ReadableView,
  ReceiptDocument,
  Refusal,
  ServiceStatus,
} from "./gateway.js";
export type { AttestationQuery, GuardGateway, ShownSignature } from "./guardGateway.js";
export type { MetricsSource } from "./healthRoutes.js";
export type { RouterInfo } from "./networkRoutes.js";
export type {
  OnboardingDesk,
  OnboardingOffer,
  OnboardingOutcome,
  OnboardingRefusal,
  OnboardingState,
  OnboardingStep,
} from "./onboardingDesk.js";
export type { OpenAiGateway } from "./openAiRoutes.js";
export type { OpeningDesk } from "./openingDesk.js";
export type { SinkGateway, SinkOutcome, SinkView } from "./sinkDesk.js";
export { FEATURES, type Feature, SUPPORT, type Support, type SupportCode } from "./support.js";
export type { VerdictSource } from "./verdictRoutes.js";
