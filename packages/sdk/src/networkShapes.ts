import { type Address, type Bytes32, CREDIT_REASONS, CUSTODIES, NODE_STATES } from "@cortensor/protocol";
import { z } from "zod";

export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text): Bytes32 => `0x${text.slice(2)}`);
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text): Address => `0x${text.slice(2).toLowerCase()}`);
export const wei = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform((text) => BigInt(text));
export const count = z.number().min(0);

export const modelCard = z.object({
  id: z.string(),
  modelId: bytes32,
  contextTokens: count,
  canEmbed: z.boolean(),
  /** Verified miners that serve it; 0 where those that offer it aren't verified. */
  miners: count,
  weiPerTokenIn: wei,
  weiPerTokenOut: wei,
});
/** A model that a router offers, with its price. */
export type Model = z.output<typeof modelCard>;

export const networkInfo = z.object({
  name: z.literal("cortensor"),
  version: z.string(),
  router: z.object({
    address,
    operator: address,
    /** The key to which a session may be delegated; without it this router takes no delegation. */
    spendingKey: address.optional(),
  }),
  models: z.array(modelCard),
  /** The network's profile, for `parseProfile` of `@cortensor/chain`. */
  profile: z.unknown().optional(),
  wirePath: z.string().optional(),
  connectionKey: z.string().optional(),
});
/** What a program needs to join or check the network. */
export type NetworkInfo = z.output<typeof networkInfo>;

export const rateView = z.object({
  /** Wei of COR per LLM token. */
  weiPerLlmToken: wei,
  source: z.string(),
  postedAt: z.int().min(0),
  ageSeconds: count,
  ageMaxSeconds: count,
  /** False: it is too old to quote by. */
  isFresh: z.boolean(),
});
/** What an LLM token was last said to be worth, as the router read it. */
export type RateView = z.output<typeof rateView>;

const nodeLife = z.object({
  state: z.enum(NODE_STATES),
  since: count,
  /** Its last sign of life; 0 for none. */
  pingedAt: count,
  /** The session's account that it is reserved for, and until when. */
  reservedFor: count.optional(),
  reservedUntil: count.optional(),
  /** The latest changes of its level, latest last. */
  levels: z.array(z.object({ level: count, atSeconds: count })),
});

export const networkView = z.object({
  router: z.object({
    address,
    operator: address,
    spendingKey: address.optional(),
    version: z.string(),
    uptimeSeconds: count,
    /** Whether its word counts that a miner is verified. Else its miners get work only while others' does. */
    isVerifier: z.boolean(),
  }),
  miners: z.array(
    z.object({
      address,
      models: z.array(z.string()),
      running: count,
      queued: count,
      tokensPerSecond: count,
      connectedAtMs: count,
      /** First second of chain time at which it is no longer verified. Absent while it isn't: then it gets no work. */
      verifiedUntil: z.int().min(0).optional(),
      /** Why its last challenge by this router came to nothing: a word. */
      unverified: z.string().optional(),
      /** 0…10, as the chain last said. */
      level: z.int().min(0),
      /** The node's life on chain, in seconds of chain time. Absent until the router has asked. */
      life: nodeLife.optional(),
    }),
  ),
  totals: z.object({ tasks: count, tokensOut: count, feesWei: wei, receipts: count, settledReceipts: count }),
  /** Absent while none was posted. */
  rate: rateView.optional(),
});
/** The network as one router sees it. */
export type NetworkView = z.output<typeof networkView>;

export const networkEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("taskStarted"), taskId: bytes32, model: z.string(), miner: address, atMs: count }),
  z.object({
    kind: z.literal("taskEnded"),
    taskId: bytes32,
    finish: z.enum(["stop", "length", "abort", "error"]),
    nIn: count,
    nOut: count,
    feeWei: wei,
    miners: z.array(address),
    atMs: count,
  }),
  z.object({ kind: z.literal("receiptAcknowledged"), taskId: bytes32, atMs: count }),
  z.object({ kind: z.literal("settled"), txHash: bytes32, receipts: count, atMs: count }),
  z.object({ kind: z.enum(["minerJoined", "minerLeft"]), miner: address, atMs: count }),
]);
/** Something that happened on the network. */
export type NetworkEvent = z.output<typeof networkEvent>;

export const laneStatus = z.object({
  account: z.int().min(0),
  /** Who signs the debits: `self` is the wallet. */
  custody: z.enum(CUSTODIES),
  lane: address,
  allotmentWei: wei,
  spentWei: wei,
  debitedWei: wei,
  heldWei: wei,
  chunkWei: wei,
  nextDebit: z.object({
    account: z.int().min(0),
    lane: address,
    cumulativeWei: wei,
    receiptsRoot: bytes32,
    count: z.int().min(0),
    epoch: z.int().min(0),
  }),
});
/** What an account owes in an operator's lane, and the debit that would pay it. */
export type LaneStatus = z.output<typeof laneStatus>;

export const serviceLevel = z.object({
  nodeLevelMin: count,
  firstTokenMs: count,
  availabilityBps: count,
  creditBps: count,
});

export const serviceStatus = z.object({
  account: z.int().min(0),
  sla: z.int().min(0),
  /** Absent at level 0. */
  promise: serviceLevel.optional(),
  credits: z.array(
    z.object({
      reason: z.enum(CREDIT_REASONS),
      fromEpoch: z.int(),
      epoch: z.int(),
      sla: z.int(),
      figures: z.object({ asked: count, answered: count, first: count, late: count }),
      wei,
      state: z.enum(["none", "owed", "given"]),
      txHash: bytes32.optional(),
    }),
  ),
});
/** What a session is promised, how its router says it was served, and what it got back: newest first. */
export type ServiceStatus = z.output<typeof serviceStatus>;

export const accessGrant = z.object({ bearer: z.string(), expires: z.number() });
export const createdKey = z.object({ key: z.string(), keyHash: bytes32 });
/** A new API key: shown once, only its hash is kept. */
export type CreatedKey = z.output<typeof createdKey>;
