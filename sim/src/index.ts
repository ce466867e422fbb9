export { checkRatio, type Evidence, type MeasuredShare, TEXTS, type Text, windowFor } from "./evidence/evidence.js";
export { readEvidence } from "./evidence/readEvidence.js";
export { type Adversary, adversariesFor } from "./experiments/adversaries.js";
export {
  type CheckedTask,
  foundInWindows,
  type WindowsParts,
  type WindowsRow,
} from "./experiments/foundInWindows.js";
export { randomWorld } from "./experiments/randomWorld.js";
export { type RatioPart, ratioInterval, spanOf } from "./experiments/ratioInterval.js";
export { type NetworkFacts, type SimulatedOverhead, sameNetwork } from "./experiments/sameNetwork.js";
export { type ProfitPoint, STAKES_FEES, type StakeNeeded, stakeNeeded } from "./experiments/stakeNeeded.js";
export { type SteadyNetwork, steadyNetwork } from "./experiments/steadyNetwork.js";
export { washTradeLoss } from "./experiments/washTrade.js";
export { type MinerPlan, type TaskSize, type ValidatorPlan, type WorldConfig, worldConfig } from "./network/config.js";
export { runWorld, type WorldResult } from "./network/runWorld.js";
export { always, HONEST, mix, type Strategy, trustThenCheat, whitewash } from "./network/strategy.js";
export { type Line, linePlot, type PlotParts } from "./plot/linePlot.js";
