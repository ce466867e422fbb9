import type { ListedClaim } from "@cortensor/chain";
import { type Address, payeesHash, splitsHash, splitsOf, ZERO_BYTES32 } from "@cortensor/protocol";
import type { NoteNotice, ReceiptNotice } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { CLAIM_AFTER_MS, type ClaimPlan, planClaims } from "./planClaims.js";
import { anEntry } from "./test/anEntry.js";

const SELF: Address = `0x${"0a".repeat(20)}`;
const OPERATOR: Address = `0x${"0e".repeat(20)}`;
const PROOF = {
  batch: { root: ZERO_BYTES32, count: 1, sequence: 1 },
  signer: OPERATOR,
  signature: `0x${"11".repeat(65)}`,
  path: [],
} as const;
const NOTE: NoteNotice = {
  note: { operator: OPERATOR, payee: SELF, cumulativeWei: 900n, receiptsRoot: ZERO_BYTES32, count: 3, epoch: 0 },
  proof: PROOF,
};

function aReceipt(splits = splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false }))): ReceiptNotice {
  const other = { miner: OPERATOR, replica: 0, segment: 0, from: 0, to: 1, wei: 50n };
  const payees = [other, { miner: SELF, replica: 0, segment: 1, from: 1, to: 9, wei: 1_000n }];
  const { taskId } = anEntry({ seq: 9 }).reoffered.result;
  const receipt = {
    taskId,
    account: 1,
    operator: OPERATOR,
    resultsHash: ZERO_BYTES32,
    payeesHash: payeesHash(payees),
    feeWei: 1_050n,
    nIn: 1,
    nOut: 9,
    custody: "self",
    finish: "stop",
    epoch: 0,
    splitsHash: splits,
  } as const;
  return { receipt, payees, proof: PROOF };
}

/** A result of ten tokens that a router assigned and acknowledged up to the eighth. */
function aCutEntry(changes: Partial<Parameters<typeof anEntry>[0]> = {}) {
  const entry = anEntry({ seq: 1, ...changes });
  const { taskId, miner, replica, segment } = entry.reoffered.assignment;
  const acknowledgement = { taskId, miner, replica, segment, position: 8, tokenRoot: ZERO_BYTES32 };
  return {
    ...entry,
    reoffered: { ...entry.reoffered, assignmentProof: PROOF, acknowledged: { acknowledgement, proof: PROOF } },
  };
}

function aClaim(changes: Partial<ListedClaim>): ListedClaim {
  return {
    id: ZERO_BYTES32,
    kind: "note",
    isAnswered: false,
    operator: OPERATOR,
    payee: SELF,
    finaliseAt: 1,
    dueWei: 0n,
    paidWei: 0n,
    depositWei: 0n,
    isClosed: false,
    taskId: ZERO_BYTES32,
    replica: 0,
    segment: 0,
    ...changes,
  };
}

type Wishes = {
  readonly note?: NoteNotice;
  readonly unnoted?: readonly ReceiptNotice[];
  readonly results?: Parameters<typeof planClaims>[0]["results"];
  readonly creditedWei?: bigint;
  readonly claims?: readonly ListedClaim[];
  readonly nowMs?: number;
};

function plan({ note, unnoted = [], results = [], creditedWei = 0n, claims = [], nowMs = 0 }: Wishes) {
  const notes = { operators: () => [OPERATOR], noteOf: () => note, unnoted: () => unnoted };
  return planClaims({ self: SELF, notes, results, creditedWeiOf: () => creditedWei, claims, nowMs });
}

const summary = (plans: readonly ClaimPlan[]) => plans.map(({ kind, wei }) => [kind, wei]);

describe("planClaims", () => {
  it("claims of a note what isn't credited, and nothing when all is, or it is claimed", () => {
    expect(plan({ note: NOTE, creditedWei: 100n })).toEqual([
      { kind: "note", operator: OPERATOR, note: NOTE, wei: 800n },
    ]);
    expect(plan({ note: NOTE, creditedWei: 900n })).toEqual([]);
    expect(plan({ note: NOTE, claims: [aClaim({ dueWei: 900n })] })).toEqual([]);
    expect(summary(plan({ note: NOTE, claims: [aClaim({ dueWei: 899n })] }))).toEqual([["note", 900n]]);
    expect(plan({})).toEqual([]);
  });

  it("claims its own entry of a receipt beyond the note, net, with the note it holds", () => {
    const receipt = aReceipt();
    const [claim] = plan({ note: NOTE, creditedWei: 900n, unnoted: [receipt] });
    expect(claim).toEqual({ kind: "receipt", operator: OPERATOR, receipt, index: 1, wei: 920n, baseline: NOTE });
    expect(plan({ unnoted: [receipt] })[0]).not.toHaveProperty("baseline");
  });

  it("claims no receipt twice, and none that nobody knows the splits of", () => {
    const { taskId } = aReceipt().receipt;
    expect(plan({ unnoted: [aReceipt()], claims: [aClaim({ kind: "receipt", taskId, segment: 1 })] })).toEqual([]);
    expect(summary(plan({ unnoted: [aReceipt()], claims: [aClaim({ kind: "receipt", taskId })] }))).toHaveLength(1);
    expect(plan({ unnoted: [aReceipt(ZERO_BYTES32)] })).toEqual([]);
  });

  it("claims what was acknowledged of a result that got no receipt: after an hour, or at once when it was refused", () => {
    const nowMs = 1_000 + CLAIM_AFTER_MS;
    expect(summary(plan({ results: [aCutEntry()], nowMs }))).toEqual([["checkpoint", 800n]]);
    expect(plan({ results: [aCutEntry()], nowMs: nowMs - 1 })).toEqual([]);
    expect(summary(plan({ results: [aCutEntry({ isDisputed: true })] }))).toEqual([["checkpoint", 800n]]);
    const { taskId } = aCutEntry().reoffered.result;
    expect(plan({ results: [aCutEntry()], nowMs, claims: [aClaim({ kind: "checkpoint", taskId })] })).toEqual([]);
  });

  it("can't claim a result of which nothing was acknowledged", () => {
    expect(plan({ results: [anEntry({ seq: 1, isDisputed: true })] })).toEqual([]);
  });
});
