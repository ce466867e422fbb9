import { ProtocolError } from "./errors.js";
import { LEVEL_MAX } from "./limits.js";
import { BPS } from "./splits.js";

/** What a session with `sla` above 0 is promised. Each level is at least as strict as the one below it in everything. */
export type ServiceLevel = {
  /** Least level of a node that gets the session's tasks. */
  readonly nodeLevelMin: number;
  /** 95 of 100 requests have their first token within this. */
  readonly firstTokenMs: number;
  /** Least share of requests that are answered whole, in basis points. */
  readonly availabilityBps: number;
  /** What comes back of the fees of an epoch in which either was missed, in basis points. Never above the router's part of a fee. */
  readonly creditBps: number;
};

/** The published table, by `sla`. Level 0 promises nothing. */
export const SERVICE_LEVELS: readonly (ServiceLevel | undefined)[] = [
  undefined,
  { nodeLevelMin: 1, firstTokenMs: 30_000, availabilityBps: 9_000, creditBps: 50 },
  { nodeLevelMin: 2, firstTokenMs: 20_000, availabilityBps: 9_500, creditBps: 100 },
  { nodeLevelMin: 3, firstTokenMs: 15_000, availabilityBps: 9_700, creditBps: 150 },
  { nodeLevelMin: 4, firstTokenMs: 10_000, availabilityBps: 9_800, creditBps: 200 },
  { nodeLevelMin: 5, firstTokenMs: 8_000, availabilityBps: 9_900, creditBps: 250 },
  { nodeLevelMin: 6, firstTokenMs: 6_000, availabilityBps: 9_950, creditBps: 300 },
  { nodeLevelMin: 7, firstTokenMs: 4_000, availabilityBps: 9_970, creditBps: 350 },
  { nodeLevelMin: 8, firstTokenMs: 3_000, availabilityBps: 9_980, creditBps: 400 },
  { nodeLevelMin: 9, firstTokenMs: 2_000, availabilityBps: 9_990, creditBps: 450 },
  { nodeLevelMin: 10, firstTokenMs: 1_000, availabilityBps: 9_995, creditBps: 500 },
];

/** Share of requests whose first token must be in time, in basis points. */
export const FIRST_TOKEN_SHARE_BPS = 9_500;
/** Fewer requests aren't judged: one slow answer among them would decide. */
export const SERVICE_SAMPLE_MIN = 20;
/** Epochs that are added up until there are that many requests; what is still too little then is not judged. */
export const SERVICE_WINDOW_EPOCHS = 6;
/** Requests of one session under way at one router up to which the promise holds: whoever sends more at once waits for itself. */
export const SERVICE_TASKS_MAX = 16;

/** What a router counted of a session's requests. Counts add up, over epochs and over routers. */
export type ServiceFigures = {
  /** Well-formed, payable requests whose client stayed. */
  readonly asked: number;
  /** Of those, answered whole. */
  readonly answered: number;
  /** Requests whose first token was sent, and those of them for which it came later than promised. */
  readonly first: number;
  readonly late: number;
};

export const NO_SERVICE: ServiceFigures = { asked: 0, answered: 0, first: 0, late: 0 };

export type ServiceVerdict =
  /** There were too few requests to tell. */
  | { readonly kind: "tooFew" }
  | { readonly kind: "kept" }
  | { readonly kind: "missed"; readonly missed: readonly ("firstToken" | "availability")[] };

/** What `sla` promises; undefined for level 0. Throws PROTOCOL_OUT_OF_RANGE for a level that no session may have. */
export function serviceLevelOf(sla: number): ServiceLevel | undefined {
  if (Number.isInteger(sla) && sla >= 0 && sla <= LEVEL_MAX) return SERVICE_LEVELS[sla];
  const range = `0…${LEVEL_MAX}`;
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "sla", value: String(sla), range });
}

export function addFigures(left: ServiceFigures, right: ServiceFigures): ServiceFigures {
  return {
    asked: left.asked + right.asked,
    answered: left.answered + right.answered,
    first: left.first + right.first,
    late: left.late + right.late,
  };
}

/** Whether figures keep a promise. The 95th percentile is the nearest rank: of 20 requests one may be late, of 19 there is no verdict. */
export function serviceVerdict({ asked, answered, first, late }: ServiceFigures, level: ServiceLevel): ServiceVerdict {
  if (asked < SERVICE_SAMPLE_MIN) return { kind: "tooFew" };
  const missed: ("firstToken" | "availability")[] = [];
  if (first >= SERVICE_SAMPLE_MIN && (first - late) * BPS < first * FIRST_TOKEN_SHARE_BPS) missed.push("firstToken");
  if (answered * BPS < asked * level.availabilityBps) missed.push("availability");
  return missed.length === 0 ? { kind: "kept" } : { kind: "missed", missed };
}

/** What a missed promise gives back of these fees, rounded down; never more than the operator's own part of them. */
export function serviceCreditWei(parts: {
  readonly feesWei: bigint;
  readonly level: ServiceLevel;
  readonly routerBps: number;
}): bigint {
  const { feesWei, level, routerBps } = parts;
  return (feesWei * BigInt(Math.min(level.creditBps, routerBps))) / BigInt(BPS);
}

/** Why an operator gives a session something back: a promise of its level was missed, or tasks of it were cut. */
export const CREDIT_REASONS = ["sla", "cut"] as const;
export type CreditReason = (typeof CREDIT_REASONS)[number];
