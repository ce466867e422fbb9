export {
  type AnswerStore,
  answerProbesHonestly,
  answersInFolder,
  CHEAT_NAMES,
  CHEATS,
  type CheatName,
  type CheatParts,
  changeJob,
  cheatingEngine,
  fileNeededBy,
  forgeFingerprints,
  type Generate,
  halfPrompt,
  makeSmallerModel,
  otherTemperature,
  ownSeed,
  substitute,
} from "./adversary/index.js";
export { chooseEnginePackage, type GpuApi } from "./chooseEnginePackage.js";
export { chooseModelFit, type ModelCandidate, type ModelFit } from "./chooseModelFit.js";
export { createScriptedEngine, type EngineScript } from "./createScriptedEngine.js";
export { detectHardware } from "./detectHardware.js";
export {
  type EmbeddedModel,
  type EmbeddedModels,
  type EmbeddingWrap,
  embeddedEngineOptions,
  embeddedModels,
  type PublishedCalibration,
} from "./embeddedModels.js";
export {
  type Engine,
  type EngineDescription,
  type GenerateEvent,
  type GenerateJob,
  QUANTISATION_UNKNOWN,
  type ScoreJob,
  type TokenLogprob,
  type TokenScore,
  type TokenSpelling,
} from "./engine.js";
export { EngineError, type EngineErrorData } from "./engineError.js";
export type { EngineUse, OnUse } from "./engineUse.js";
export { type FetchedModel, type FetchModelOptions, type FetchProgress, fetchModel } from "./fetchModel.js";
export { type KernelParts, kernelClassOf } from "./kernelClass.js";
export { meteredEngine } from "./meteredEngine.js";
export { type ModelRecord, modelIdOf, readModelId } from "./modelRecord.js";
export { plantAnswers } from "./plantAnswers.js";
export { type HardwareProbe, type HardwareSenses, type ProbedGpu, probeHardware } from "./probeHardware.js";
export { type GgufHeader, readGgufHeader } from "./readGgufHeader.js";
export { readModelCandidate } from "./readModelCandidate.js";
export { type HttpEngineOptions, startHttpEngine } from "./startHttpEngine.js";
export { type LlamaEngine, type LlamaEngineOptions, startLlamaEngine } from "./startLlamaEngine.js";
