import type { Bytes32, SettledEvent } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Difference } from "./difference.js";
import { replayPayments } from "./replayPayments.js";
import { SettlementAudit } from "./settlementAudit.js";
import { ALICE, aTask, BOB, TestLane } from "./test/testLane.js";

type Change = (bytes: Uint8Array) => Uint8Array | undefined;

/** Audits a lane, with its sets as they are, or changed. */
function audit(lane: TestLane, changed: ReadonlyMap<Bytes32, Change> = new Map()): readonly Difference[] {
  const found = new SettlementAudit();
  for (const replayed of replayPayments(lane.events).settlements) {
    const { setCid } = replayed.settled;
    const bytes = lane.sets.get(setCid)?.bytes;
    const change = changed.get(setCid);
    found.take(replayed, bytes && change ? change(bytes) : bytes);
  }
  return found.differences;
}

const FIRST = [aTask("one", 100n, { [ALICE]: 92n }), aTask("two", 50n, { [ALICE]: 20n, [BOB]: 26n })];
const SECOND = [aTask("three", 70n, { [BOB]: 64n })];

function aLane(lie?: (honest: SettledEvent) => SettledEvent): {
  lane: TestLane;
  first: SettledEvent;
  second: SettledEvent;
} {
  const lane = new TestLane();
  lane.fund(1_000n);
  return { lane, first: lane.settle(FIRST, lie), second: lane.settle(SECOND) };
}

describe("auditing settlements", () => {
  it("finds nothing in honest ones", () => {
    expect(audit(aLane().lane)).toEqual([]);
  });

  it("finds nothing when somebody pays credits in between, before or after a settlement", () => {
    const lane = new TestLane();
    lane.fund(1_000n);
    lane.settle(FIRST);
    lane.raise(BOB, 60n);
    lane.settle(SECOND);
    lane.raise(ALICE, 500n);
    lane.settle([aTask("four", 100n, { [ALICE]: 92n })]);
    expect(audit(lane)).toEqual([]);
  });

  it("names a set that is missing, and measures what follows without it", () => {
    const { lane, first } = aLane();
    const differences = audit(lane, new Map([[first.setCid, () => undefined]]));
    expect(differences).toEqual([
      { what: "setMissing", where: `settlement ${first.settlementId}`, expected: first.setCid, found: "nothing" },
    ]);
  });

  it("names a set of which any byte was changed", () => {
    const { lane, second } = aLane();
    const length = lane.sets.get(second.setCid)?.bytes.length ?? 0;
    for (let at = 0; at < length; at += 1) {
      const flip = (bytes: Uint8Array) => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte));
      const names = audit(lane, new Map([[second.setCid, flip]])).map(({ what, where }) => `${what} ${where}`);
      expect(names).toEqual([`setTampered settlement ${second.settlementId}`]);
    }
  });

  it("names bytes that have the posted hash and are no set", () => {
    const lane = new TestLane();
    lane.fund(100n);
    const cid: Bytes32 = "0x4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";
    lane.settle([aTask("one", 100n, { [ALICE]: 92n })], (honest) => ({ ...honest, setCid: cid }));
    const found = new SettlementAudit();
    for (const replayed of replayPayments(lane.events).settlements) found.take(replayed, Uint8Array.from([1]));
    expect(found.differences.map(({ what }) => what)).toEqual(["setMalformed"]);
  });

  it("names a credit that is higher or lower than the set's nets, or missing, once", () => {
    const lies: readonly ((credits: SettledEvent["credits"]) => SettledEvent["credits"])[] = [
      (credits) => credits.map((one) => (one.payee === BOB ? { ...one, cumulativeWei: 25n } : one)),
      (credits) => credits.map((one) => (one.payee === BOB ? { ...one, cumulativeWei: 27n } : one)),
      (credits) => credits.filter(({ payee }) => payee !== BOB),
    ];
    const found = lies.map((lie) => {
      const { lane, first } = aLane((honest) => ({ ...honest, credits: lie(honest.credits) }));
      return audit(lane).filter(({ where }) => where === `settlement ${first.settlementId}, payee ${BOB}`);
    });
    expect(
      found.map((differences) => differences.map(({ what, expected, found: is }) => [what, expected, is])),
    ).toEqual([
      [["creditOfPayee", "26", "25"]],
      [["creditOfPayee", "26", "27"]],
      [["creditOfPayee", "26", "no credit"]],
    ]);
  });

  it("names a payee whom no task paid", () => {
    const { lane, first } = aLane((honest) => ({
      ...honest,
      credits: [...honest.credits, { payee: `0x${"ee".repeat(20)}`, cumulativeWei: 4n }],
    }));
    expect(audit(lane)).toEqual([
      {
        what: "creditOfPayee",
        where: `settlement ${first.settlementId}, payee 0x${"ee".repeat(20)}`,
        expected: "0",
        found: "4",
      },
    ]);
  });

  it("names a task that two settlements pay, with both", () => {
    const lane = new TestLane();
    lane.fund(1_000n);
    const first = lane.settle(FIRST);
    const again = lane.settle([...FIRST.slice(1), ...SECOND]);
    const differences = audit(lane);
    expect(differences.map(({ what, found }) => [what, found])).toEqual([
      ["paidTwice", `also in ${first.settlementId}`],
    ]);
    expect(differences[0]?.where).toContain(again.settlementId);
  });

  it("names fees that aren't what was debited, a task that pays more than its fee, and another root", () => {
    const lane = new TestLane();
    lane.fund(1_000n);
    lane.settle([aTask("one", 100n, { [ALICE]: 92n })], (honest) => ({
      ...honest,
      debits: honest.debits.map((debit) => ({ ...debit, cumulativeWei: 110n })),
      settlementRoot: honest.setCid,
    }));
    lane.settle([aTask("two", 10n, { [BOB]: 11n }), aTask("three", 100n, {})]);
    const names = audit(lane).map(({ what }) => what);
    expect(names).toContain("feesWei");
    expect(names).toContain("settlementRoot");
    expect(names).toContain("netsAboveFee");
  });
});
