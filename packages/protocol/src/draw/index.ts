export { DRAW_EPOCHS_AHEAD, type DrawWindow, drawRefusal, drawWindow, type EpochClock } from "./drawEpoch.js";
export { DRAW_WEIGHT_MAX, type DrawCandidate, type DrawSource, drawOrder, lowestTicket } from "./drawOrder.js";
