export { createDrawOpenings, type DrawnOpenings } from "./drawOpenings.js";
export { type FoundOpening, Opener, type OpenerParts } from "./opener.js";
export type { Opening, OpenTaskParts } from "./openTask.js";
