import { ATTESTATION_KINDS } from "@cortensor/protocol";
import { z } from "zod";
import { address, bytes32, count, wei } from "./networkShapes.js";

const whole = z.int().min(0);
const kind = z.enum(ATTESTATION_KINDS);

export const epochsView = z.object({
  /** Chain time; as are the three below. */
  atSeconds: whole,
  epoch: whole,
  startsAt: whole,
  /** From then on what happens belongs to the next epoch's records. */
  cutOffAt: whole,
  endsAt: whole,
  setHash: bytes32,
  stakeWei: wei,
  guards: z.array(
    z.object({
      guard: address,
      stakeWei: wei,
      endpoint: z.string().optional(),
      isFrozen: z.boolean(),
      /** Whether it answers the router at its endpoint. */
      isUp: z.boolean(),
    }),
  ),
  /** Who leads the epoch's roots, from its end on. */
  leaders: z.array(address),
  /** Epochs that are over, the last one first. */
  epochs: z.array(
    z.object({
      epoch: whole,
      guards: count,
      roots: z.array(
        z.object({
          kind,
          root: bytes32,
          blockNumber: whole,
          txHash: bytes32,
          /** Signatures that it was posted with; absent when another contract posted it. */
          signatures: count.optional(),
        }),
      ),
      missing: z.array(kind),
      /** Whether what is missing may still be posted; if not, the next root of its kind covers it. */
      isOpen: z.boolean(),
      beacon: z
        .object({
          beacon: bytes32,
          committed: count,
          revealed: count,
          /** Whether nobody's secret is in it, so that anybody could foresee it. */
          isFallback: z.boolean(),
        })
        .optional(),
      /** First epoch that its virtual block covers; absent when it has none of its own. */
      coversFrom: whole.optional(),
    }),
  ),
});
/** Epochs as one router reads them. */
export type EpochsView = z.output<typeof epochsView>;

export const shownVirtualBlock = z.object({
  block: z.object({
    chainId: whole,
    parentHash: bytes32,
    fromEpoch: whole,
    epoch: whole,
    guardSetHash: bytes32,
    tasksOpened: count,
    tasksClosed: count,
    dutyCount: count,
    dutiesRoot: bytes32,
    chains: z.array(
      z.object({ chainId: whole, fromBlock: whole, toBlock: count, blockHash: bytes32, stateRoot: bytes32 }),
    ),
    attestations: z.array(z.object({ subjectChainId: whole, kind, epoch: whole, root: bytes32 })),
  }),
  hash: bytes32,
  /** Guards that show these very bytes. */
  shownBy: z.array(address),
});
/** A virtual block, as most guards show it. */
export type ShownVirtualBlock = z.output<typeof shownVirtualBlock>;
