export type { FetchCaseEvidence } from "./fetchCaseEvidence.js";
export { createJudge, type Judge, type JudgeParts } from "./judge.js";
export { createJudgeChain, type JudgeChain } from "./judgeChain.js";
export { JudgeError, type JudgeErrorData } from "./judgeError.js";
