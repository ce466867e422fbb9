import type { GuardGateway } from "../src/index.js";

/** A guard that has seen nothing. */
export const aGuardGateway: GuardGateway = {
  guard: `0x${"11".repeat(20)}`,
  findAttestations: () => [],
  findRoots: () => undefined,
  findVirtualBlock: () => undefined,
  findDutyPay: () => [],
  health: () => ({ live: true, ready: true, reasons: [] }),
};

/** Metrics without a line. */
export const noMetrics = { render: async () => ({ body: "", contentType: "text/plain" }) };
