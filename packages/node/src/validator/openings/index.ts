export { createOpenings, type Openings } from "./createOpenings.js";
export { createDrawOpenings, type DrawnOpenings } from "./drawOpenings.js";
export type { Opening, OpenTaskParts } from "./openTask.js";
