export { PlantDesk } from "./plantDesk.js";
export { createPlanter, type Planter, type PlanterParts, type PlantSource } from "./planter.js";
export { createPlanterChain, type PlanterChain } from "./planterChain.js";
export { PlanterError, type PlanterErrorData } from "./planterError.js";
export { PLANTS_MAX } from "./plantsDue.js";
