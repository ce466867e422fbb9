import { createChainReader, type NetworkProfile, readSeedBeacon } from "@cortensor/chain";
import type { SeedFacts } from "@cortensor/proof";
import { type BodyFault, type Bytes32, bodyFault, type Payee, type SegmentBody } from "@cortensor/protocol";
import { type Cortensor, type Evidence, type ReceiptCheck, verifyReceipt } from "@cortensor/sdk";
import { CliError } from "../cliError.js";

/** Why a task, or a part of it, can't be looked into. */
export type HiddenPart =
  /** Its body isn't shown by any connected miner. */
  | { readonly kind: "withheld"; readonly result: Bytes32 }
  /** The router handed on another body than the receipt names. */
  | { readonly kind: "fault"; readonly fault: "body"; readonly part: BodyFault }
  /** The router's receipt is none. */
  | {
      readonly kind: "fault";
      readonly fault: "receipt";
      readonly reason: Extract<ReceiptCheck, { kind: "invalid" }>["reason"];
    };

/** A task as its receipt and its miners' evidence show it. */
export type FetchedTask = {
  /** Bodies that are what the receipt names. */
  readonly shown: readonly SegmentBody[];
  readonly hidden: readonly HiddenPart[];
  /** By the chain, of the receipt's epoch; undefined where no body is shown. */
  readonly seed: SeedFacts | undefined;
  /** The receipt's: all miners that had a part in the task. */
  readonly payees: readonly Payee[];
  /** As the router shows them: nothing here has verified one. */
  readonly checkpoints: Evidence["checkpoints"];
};

export type FetchTools = {
  readonly client: Pick<Cortensor, "receipt" | "evidence">;
  readonly profile: NetworkProfile;
  readonly signal?: AbortSignal;
};

/** Time in which a router acknowledges what it has just answered. */
const WAIT_MS = 5_000;

/** Fetches a task's receipt and evidence, and trusts neither: the receipt by the chain, the bodies by the receipt. */
export async function fetchBodies({ client, profile, signal }: FetchTools, taskId: Bytes32): Promise<FetchedTask> {
  const stop = signal === undefined ? {} : { signal };
  const document = await client.receipt(taskId, { waitMs: WAIT_MS, ...stop });
  const valid = await verifyReceipt(document, { deployment: profile });
  if (valid.kind === "invalid") {
    const hidden: readonly HiddenPart[] = [{ kind: "fault", fault: "receipt", reason: valid.reason }];
    return { shown: [], hidden, seed: undefined, payees: [], checkpoints: [] };
  }
  const { bodies, checkpoints } = await client.evidence(taskId, stop);
  const hidden: HiddenPart[] = [];
  const shown: SegmentBody[] = [];
  for (const result of document.results) {
    const body = bodies.find((one) => bodyFault(one, result) !== "result");
    const part = body === undefined ? undefined : bodyFault(body, result);
    if (body === undefined) hidden.push({ kind: "withheld", result });
    else if (part !== undefined) hidden.push({ kind: "fault", fault: "body", part });
    else shown.push(body);
  }
  const seed = shown.length === 0 ? undefined : await readSeed(profile, document.receipt.epoch);
  return { shown, hidden, seed, payees: document.payees, checkpoints };
}

/** Nobody's word but the chain's. */
async function readSeed(profile: NetworkProfile, epoch: number): Promise<SeedFacts> {
  const beacon = await readSeedBeacon(createChainReader({ profile }), epoch);
  if (beacon === undefined) throw new CliError({ code: "CLI_BEACON_UNKNOWN", epoch });
  return { beacon };
}
