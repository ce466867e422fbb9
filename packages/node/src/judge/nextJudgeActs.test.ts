import type { DisputeRecord } from "@cortensor/chain";
import { keccak256, NO_DIFF, utf8ToBytes, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type CaseView, nextJudgeActs } from "./nextJudgeActs.js";

const SELF = `0x${"aa".repeat(20)}` as const;
const OTHER = `0x${"bb".repeat(20)}` as const;
const word = (name: string) => keccak256(utf8ToBytes(name));
const times = { t0: 0, epochSeconds: 600 };
/** Asked in epoch 1: drawn in epoch 3, from second 1800 to 2400. */
const OPENED: DisputeRecord = {
  number: 7,
  ...{ taskId: word("task"), resultHash: word("result"), kernelClass: word("class"), modelId: word("model") },
  ...{ miner: OTHER, client: OTHER, opener: OTHER, appellant: undefined, feeWei: 1n },
  ...{ phase: "opened", atSeconds: 700, deadlineSeconds: 2_500, round: 1, tries: 0 },
  ...{ validators: [], committed: [], jurors: [], secondJurors: [] },
  ...{ verdict: undefined, isAppealed: false, ending: undefined, frozenUntil: undefined, isSent: false, isOwn: false },
};
const FINDING = { outcome: "failed", stats: ZERO_BYTES32, firstDiff: NO_DIFF, salt: word("salt") } as const;
const LOWEST = ZERO_BYTES32;
const HIGHEST = `0x${"ff".repeat(32)}` as const;

const actsOf = (
  dispute: Partial<DisputeRecord>,
  nowSeconds: number,
  { isPartyOnly = false, ...over }: Partial<CaseView> & { readonly isPartyOnly?: boolean } = {},
) => {
  const plain = { isAble: true, ticket: undefined, finding: undefined, hasSpoken: false, isPlanted: false };
  const cases = [{ ...plain, dispute: { ...OPENED, ...dispute }, ...over }];
  return nextJudgeActs({ self: SELF, nowSeconds, times, cases, isPartyOnly });
};

describe("a node in a draw of judges", () => {
  it("puts itself in during the first half, the earlier the lower its ticket", () => {
    const claim = [{ kind: "claim", number: 7 }];
    expect(actsOf({}, 1_800, { ticket: LOWEST })).toEqual(claim);
    expect(actsOf({}, 1_800, { ticket: HIGHEST })).toEqual([]);
    expect(actsOf({}, 1_980, { ticket: HIGHEST })).toEqual(claim);
    expect(actsOf({}, 2_099, { ticket: HIGHEST })).toEqual(claim);
  });

  it("doesn't when it runs another model, nor before its ticket is known", () => {
    expect(actsOf({}, 1_800, { ticket: LOWEST, isAble: false })).toEqual([]);
    expect(actsOf({}, 1_800)).toEqual([]);
  });

  it("has it made in the second half, by turns, whether it judges or not", () => {
    const draw = (phase: "opened" | "called" | "appealed") => [{ kind: "draw", number: 7, phase }];
    expect(actsOf({}, 2_100, { ticket: LOWEST, isAble: false })).toEqual(draw("opened"));
    expect(actsOf({}, 2_100, { ticket: HIGHEST })).toEqual([]);
    expect(actsOf({ phase: "called" }, 2_280, { ticket: HIGHEST })).toEqual(draw("called"));
    expect(actsOf({ phase: "appealed" }, 2_399, { ticket: HIGHEST })).toEqual(draw("appealed"));
    expect(actsOf({}, 2_400, { ticket: LOWEST })).toEqual([]);
  });
});

describe("a validator of a round", () => {
  const SEATED = { phase: "seated", validators: [SELF, OTHER], atSeconds: 2_200, deadlineSeconds: 5_800 } as const;

  it("makes the result again, and commits to what it found once", () => {
    const judge = { kind: "judge", number: 7, sitting: "round 1" };
    expect(actsOf(SEATED, 2_300)).toEqual([{ ...judge, mayGiveUp: false }]);
    expect(actsOf({ ...SEATED, round: 3 }, 4_000)).toEqual([{ ...judge, sitting: "round 3", mayGiveUp: true }]);
    expect(actsOf(SEATED, 2_300, { finding: FINDING })).toEqual([{ kind: "commit", number: 7 }]);
    expect(actsOf({ ...SEATED, committed: [SELF] }, 2_300, { finding: FINDING })).toEqual([]);
    expect(actsOf({ ...SEATED, validators: [OTHER] }, 2_300)).toEqual([]);
  });

  it("shows it once all have committed, and only what it committed to", () => {
    const COMMITTED = { ...SEATED, phase: "committed", committed: [SELF] } as const;
    expect(actsOf(COMMITTED, 2_300, { finding: FINDING })).toEqual([{ kind: "reveal", number: 7 }]);
    expect(actsOf(COMMITTED, 2_300, { finding: FINDING, hasSpoken: true })).toEqual([]);
    expect(actsOf({ ...COMMITTED, committed: [OTHER] }, 2_300, { finding: FINDING })).toEqual([]);
    expect(actsOf(COMMITTED, 2_300)).toEqual([]);
  });
});

describe("a juror", () => {
  it.each([
    ["empanelled", "jury", { jurors: [SELF] }],
    ["reheard", "second jury", { jurors: [OTHER], secondJurors: [SELF] }],
  ] as const)("%s makes the result again, and votes once", (phase, sitting, seats) => {
    const dispute = { ...seats, phase, atSeconds: 2_200, deadlineSeconds: 5_800 };
    expect(actsOf(dispute, 2_300)).toEqual([{ kind: "judge", number: 7, sitting, mayGiveUp: false }]);
    expect(actsOf(dispute, 2_300, { finding: FINDING })).toEqual([{ kind: "vote", number: 7 }]);
    expect(actsOf(dispute, 2_300, { finding: FINDING, hasSpoken: true })).toEqual([]);
    expect(actsOf({ ...dispute, jurors: [OTHER], secondJurors: [] }, 2_300)).toEqual([]);
  });
});

describe("a miner whose result a jury found wrong", () => {
  const JUDGED = { phase: "judged", verdict: "slashed", miner: SELF, atSeconds: 0, deadlineSeconds: 86_400 } as const;

  it("makes it again from what it keeps, and appeals when that says that it was right", () => {
    const judge = { kind: "judge", number: 7, sitting: "own" };
    expect(actsOf(JUDGED, 100)).toEqual([{ ...judge, mayGiveUp: false }]);
    expect(actsOf(JUDGED, 43_200)).toEqual([{ ...judge, mayGiveUp: true }]);
    expect(actsOf(JUDGED, 100, { finding: { ...FINDING, outcome: "passed" } })).toEqual([
      { kind: "appeal", number: 7 },
    ]);
  });

  it.each(["failed", "undecided", "withheld"] as const)("lets it stand when its own finding is %s", (outcome) => {
    expect(actsOf(JUDGED, 100, { finding: { ...FINDING, outcome } })).toEqual([]);
  });

  it("leaves other miners' verdicts to them", () => {
    expect(actsOf({ ...JUDGED, miner: OTHER }, 100)).toEqual([]);
  });

  it("says so when its owner planted it, as soon as it goes on", () => {
    expect(actsOf({ miner: SELF }, 1_800, { isPlanted: true })).toEqual([{ kind: "dismiss", number: 7 }]);
    expect(actsOf(JUDGED, 100, { isPlanted: true })).toEqual([{ kind: "dismiss", number: 7 }]);
    expect(actsOf({ miner: SELF }, 2_600, { isPlanted: true })).toEqual([
      { kind: "enforce", number: 7, chore: "expire" },
    ]);
    const ended = { phase: "ended", ending: "planted", miner: SELF } as const;
    expect(actsOf(ended, 1_800, { isPlanted: true })).toEqual([]);
  });

  it("that does no duties draws nobody, and enforces nothing of others", () => {
    const isPartyOnly = true;
    expect(actsOf({}, 2_100, { ticket: LOWEST, isPartyOnly })).toEqual([]);
    expect(actsOf({}, 2_560, { isPartyOnly })).toEqual([]);
    expect(actsOf({ miner: SELF }, 2_100, { ticket: LOWEST, isPartyOnly })).toEqual([]);
    expect(actsOf({ miner: SELF }, 2_600, { isPartyOnly })).toEqual([{ kind: "enforce", number: 7, chore: "expire" }]);
  });
});

describe("what anybody may do", () => {
  it("is done by each in its turn, and nothing else while a deadline is due", () => {
    const expire = [{ kind: "enforce", number: 7, chore: "expire" }];
    expect(actsOf({}, 2_560, { ticket: LOWEST })).toEqual(expire);
    const first = Array.from({ length: 60 }, (_, late) => late).find((late) => actsOf({}, 2_500 + late).length > 0);
    expect(first).toBeGreaterThan(0);
    const judged = { phase: "judged", verdict: "slashed", deadlineSeconds: 90_000 } as const;
    expect(actsOf(judged, 89_999)).toEqual([]);
    expect(actsOf(judged, 90_060)).toEqual(expire);
  });

  it("carries a slash to the stake, and ends a freeze that has lasted long enough", () => {
    const ended = { phase: "ended", ending: "slashed", deadlineSeconds: 1_000, frozenUntil: 9_000 } as const;
    expect(actsOf(ended, 1_060)).toEqual([{ kind: "enforce", number: 7, chore: "execute" }]);
    expect(actsOf({ ...ended, isSent: true }, 8_999)).toEqual([]);
    expect(actsOf({ ...ended, isSent: true }, 9_060)).toEqual([{ kind: "enforce", number: 7, chore: "thaw" }]);
    expect(actsOf({ ...ended, ending: "cleared", frozenUntil: undefined }, 9_060)).toEqual([]);
  });
});
