export { createEpochDesk, type EpochDeskParts } from "./createEpochDesk.js";
