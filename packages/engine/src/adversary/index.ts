export { changeJob, type Generate, substitute } from "./changeJob.js";
export { CHEAT_NAMES, CHEATS, type CheatName, type CheatParts, cheatingEngine, fileNeededBy } from "./cheats.js";
export { makeSmallerModel } from "./dropLayers.js";
export { forgeFingerprints } from "./forgeFingerprints.js";
export { answerProbesHonestly } from "./honestProbes.js";
export { halfPrompt, otherTemperature, ownSeed } from "./jobChanges.js";
export { type AnswerStore, answersInFolder } from "./sameAnswer.js";
