import { z } from "zod";
import { addressField } from "../jsonField.js";
import type { Address } from "../primitives.js";
import { type Envelope, READERS_MAX } from "./envelope.js";
import { SEAL_SUITES, type SealSuite } from "./sealSuite.js";

/** What a session agreed to about checking its answers. */
export const SEAL_AUDITS = ["canary", "auditable", "none"] as const;
export type SealAudit = (typeof SEAL_AUDITS)[number];

/** What an answer that was sealed says of itself. */
export type SealingLabel = {
  readonly suite: SealSuite;
  /** Every miner that the client sealed this task to, ascending: each can read all of it. */
  readonly readers: readonly Address[];
  readonly audit: SealAudit;
  /** Of an auditable one: guards that its data key was shared out among, and how many of them together open it. */
  readonly opening?: { readonly guards: number; readonly threshold: number } | undefined;
};

/** Envelopes of one task: one for each miner that it may have had. */
const ENVELOPES_MAX = 64;

/** The label in JSON. */
export const sealingLabelSchema = z.strictObject({
  suite: z.enum(SEAL_SUITES),
  readers: z
    .array(addressField)
    .min(1)
    .max(ENVELOPES_MAX * READERS_MAX),
  audit: z.enum(SEAL_AUDITS),
  opening: z.strictObject({ guards: z.int().min(1).max(255), threshold: z.int().min(1).max(255) }).optional(),
});

/** Over all envelopes of one task: a client that sealed it again to another miner has one reader more. The weakest suite counts. */
export function sealingLabel(envelopes: readonly [Envelope, ...Envelope[]], audit: SealAudit): SealingLabel {
  const readers = new Set(envelopes.flatMap((envelope) => envelope.readers.map(({ miner }) => miner)));
  const isStrong = envelopes.every(({ suite }) => suite === "xwing");
  return { suite: isStrong ? "xwing" : "x25519", readers: [...readers].sort(), audit };
}

const MORE: Readonly<Record<SealAudit, string>> = {
  auditable: ", and validators of a drawn task when its key is opened, which is logged",
  canary: "; its miners are tried by questions of yours",
  none: "; checked by nobody",
};

/** The label in words: what a person is shown. */
export function describeSealing({ suite, readers, audit, opening }: SealingLabel): string {
  const who = readers.length === 1 ? "one miner" : `${readers.length} miners`;
  const together =
    opening === undefined
      ? ""
      : `; ${opening.threshold} of ${opening.guards} guards together can read every such task, and leave no entry`;
  return `sealed (${suite}): readable by you and ${who}${MORE[audit]}${together}`;
}
