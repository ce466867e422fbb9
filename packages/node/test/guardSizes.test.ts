import { writeFileSync } from "node:fs";
import { readGuardSet } from "@cortensor/chain";
import { wilsonInterval } from "@cortensor/proof";
import { ATTESTATION_KINDS, type AttestationKind, type Bytes32 } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealGuard, RealGuards } from "./realGuards.js";

/** `npm run deep -- guards` names one size, and how many epochs each fault lasts. */
const { CORTENSOR_GUARDS, CORTENSOR_GUARD_EPOCHS, CORTENSOR_GUARDS_OUT } = process.env;
const SIZES = CORTENSOR_GUARDS === undefined ? [1, 4, 7, 32] : [Number(CORTENSOR_GUARDS)];
/** The largest set asks 31 others for each kind: it is shown that it works with liars, who do all that the dead don't and more. */
const isLargest = (count: number): boolean => count > 7 && CORTENSOR_GUARD_EPOCHS === undefined;
const epochsOf = (count: number): number => Number(CORTENSOR_GUARD_EPOCHS ?? (isLargest(count) ? 1 : 3));
const faultsOf = (count: number): readonly string[] => (isLargest(count) ? ["lying"] : ["dead", "lying"]);
/** Epochs that may end without a root of every kind. */
const EMPTY_SHARE_MAX = 0.01;

type Row = {
  readonly guards: number;
  readonly fault: string;
  readonly faulty: number;
  readonly epochs: number;
  readonly empty: number;
  readonly conflicting: number;
};
const rows: Row[] = [];
afterAll(() => {
  if (CORTENSOR_GUARDS_OUT === undefined) return;
  const said = rows.map((row) => ({ ...row, ...percentOf(row) }));
  writeFileSync(CORTENSOR_GUARDS_OUT, JSON.stringify(said));
});

/** Share of empty epochs, with its 95 % interval, in percent. */
function percentOf({ empty, epochs }: Row): { readonly emptyPercent: number; readonly interval: readonly number[] } {
  const { low, high } = wilsonInterval(empty, epochs);
  const percent = (share: number): number => Math.round(share * 10_000) / 100;
  return { emptyPercent: percent(empty / epochs), interval: [percent(low), percent(high)] };
}

describe.each(SIZES)("%i guards of equal stake over a real chain", { timeout: 1_500_000 }, (count) => {
  /** The most that a quorum of more than two thirds can do without. */
  const faulty = Math.floor((count - 1) / 3);
  const faults = faulty === 0 ? ["faulty"] : faultsOf(count);
  const faultyIndexes = Array.from({ length: faulty }, (_, index) => count - 1 - index);
  const epochs = epochsOf(count);
  let guards: RealGuards;
  let next = 1;

  beforeAll(async () => {
    guards = await RealGuards.open(count);
    await guards.moveToSlot(0, 0);
    await guards.lookTogether();
  }, 300_000);
  afterAll(() => guards?.close());

  it("are the guard set, all of them", async () => {
    const { members, isFixed } = await readGuardSet(guards.reader, 1);
    expect([members.length, isFixed]).toEqual([count, true]);
  });

  it.each(faults)(`post every root, and none but the chain's, with ${faulty} %s`, async (fault) => {
    const liars: RealGuard[] = [];
    for (const index of faultyIndexes) {
      await guards.stop(index);
      if (fault === "lying") liars.push(await guards.start(index, { isLying: true }));
    }
    const [first, last] = [next, next + epochs - 1];
    let [empty, conflicting] = [0, 0];
    for (let epoch = first; epoch <= last; epoch += 1) {
      // Liars come first: a root that is posted already nobody signs any more.
      await guards.moveToSlot(epoch, 0);
      await guards.lookTogether(liars);
      if (!(await guards.attest(epoch))) empty += 1;
      conflicting += await conflictsIn(epoch, liars);
    }
    next = last + 1;
    rows.push({ guards: count, fault, faulty, epochs, empty, conflicting });
    expect(conflicting).toBe(0);
    expect(empty / epochs).toBeLessThanOrEqual(EMPTY_SHARE_MAX);
    const { members, frozen } = await readGuardSet(guards.reader, last);
    expect([members.length, frozen.size]).toEqual([count, 0]);
  });

  /** Posted roots that an honest guard didn't compute, beside what liars signed of the same. */
  async function conflictsIn(epoch: number, liars: readonly RealGuard[]): Promise<number> {
    const honest = [...guards.running.values()].filter((guard) => !liars.includes(guard));
    const posted = (await guards.posted()).filter((one) => one.epoch === epoch);
    expect(new Set(posted.map(({ kind }) => kind)).size).toBe(posted.length);
    let conflicts = 0;
    for (const kind of ATTESTATION_KINDS) {
      const signed = new Set(honest.flatMap((guard) => signedBy(guard, kind, epoch)));
      expect(signed.size).toBe(1);
      // What routers tell of work is the same for all, and nobody did a duty: of reputations and of duties' pay liars tell the truth.
      for (const liar of kind === "reputation" || kind === "dutyPay" ? [] : liars) {
        const lies = signedBy(liar, kind, epoch);
        expect(lies).toHaveLength(1);
        expect(signed.has(lies[0] ?? "0x")).toBe(false);
      }
      conflicts += posted.filter((one) => one.kind === kind && !signed.has(one.root)).length;
    }
    return conflicts;
  }

  /** Roots that a guard shows as signed by itself. */
  function signedBy({ gateway, address }: RealGuard, kind: AttestationKind, epoch: number): readonly Bytes32[] {
    const shown = gateway.findAttestations({ subjectChainId: guards.profile.chainId, kind, epoch });
    return shown.filter(({ guard }) => guard === address).map(({ root }) => root);
  }
});
