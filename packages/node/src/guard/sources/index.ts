export { createOutboxSource } from "./outboxSource.js";
export { createReadSettled } from "./readSettled.js";
export type { RootSource } from "./rootSource.js";
export { createSolanaSource, DepositBook, type MadeDeposits } from "./solanaSource.js";
export { createVerdictSource, type VerdictSourceParts } from "./verdictSource.js";
