export { proveStake, readIsBlockKnown, readReportedBlock, reportBlock } from "./blockReports.js";
export { type LayerCrossing, openCrossings, openEntry } from "./layerCrossing.js";
export { isSameStanding, type NodeReport, type NodeStanding, openNodeReport } from "./nodeReport.js";
export { readHeardNodes, readNodeSigners, readNodeStandings, reportNodes } from "./nodeReports.js";
export { openStakeReport, readHeardStakes, readVaultStake, type StakeReport, syncStake } from "./stakeReports.js";
