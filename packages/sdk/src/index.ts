export type {
  Answer,
  AnswerEvent,
  AskMessages,
  AskOptions,
  Checked,
  Copies,
  Embeddings,
  PrivacyOptions,
  SamplingOptions,
} from "./answers.js";
export { type Cortensor, type CortensorOptions, createCortensor } from "./createCortensor.js";
export type { EpochsView, ShownVirtualBlock } from "./epochShapes.js";
export type { Evidence } from "./evidence.js";
export type { FetchedReceipt, ReceiptOptions } from "./fetchReceipt.js";
export type { CallOptions } from "./http.js";
export type {
  CreatedKey,
  LaneStatus,
  Model,
  NetworkEvent,
  NetworkInfo,
  NetworkView,
  RateView,
  ServiceStatus,
} from "./networkShapes.js";
export type { OnboardRequest } from "./onboarding/makeOrder.js";
export type { Onboarded, OnboardOptions } from "./onboarding/onboard.js";
export type { OnboardingOffer, OrderState } from "./onboarding/onboardingShapes.js";
export type { HandedPrompt, QueueAnswer } from "./queue.js";
export type { Quote, QuotedWork, QuoteOptions } from "./quote.js";
export { SdkError, type SdkErrorData } from "./sdkError.js";
export type { MinerStanding } from "./sealed/canaryBook.js";
export type { Canaries, CanaryOptions, CanaryStore } from "./sealed/canaryDesk.js";
export type { AnswerFault, AssignmentFault } from "./sealed/sealedErrors.js";
export type { RecordedAnswer, RecordedTask, SealedRecorder } from "./sealed/sealedRecorder.js";
export type { RemovedSink, SinkState, SinkTargetText } from "./sink.js";
export type { SourcedStore, StoreSource, VectorStoreCalls } from "./vectorStores.js";
export { type ReceiptCheck, verifyReceipt } from "./verifyReceipt.js";
export type { Delegation, NewSession, OpenedSession, OwnedSession, SessionChange, Wallet } from "./wallet.js";
