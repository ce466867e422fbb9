export type {
  Engine,
  EngineDescription,
  GenerateEvent,
  GenerateJob,
  ScoreJob,
  TokenLogprob,
  TokenScore,
} from "./engine.js";
