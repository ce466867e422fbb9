import { joinGuards, leaveGuards, readGuardSet, readPostedQuorum } from "@cortensor/chain";
import { type Address, ATTESTATION_KINDS, decodeQuorum } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RealGuards } from "./realGuards.js";

const OLD = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** A third of the set. */
const LEAVING = [6, 7, 8];
const JOINING = [9, 10, 11];
/** Without them, seven of nine are just a quorum: each of those who leave is needed. */
const DEAD = [0, 1];

let guards: RealGuards;
beforeAll(async () => {
  guards = await RealGuards.open(OLD.length + JOINING.length, { joining: OLD.length });
});
afterAll(() => guards?.close());

const addressesOf = (indexes: readonly number[]): readonly Address[] =>
  indexes.flatMap((index) => guards.addresses[index] ?? []).sort();
const setOf = async (epoch: number): Promise<readonly Address[]> =>
  (await readGuardSet(guards.reader, epoch)).members.map(({ guard }) => guard);
/** Who signed each root of an epoch. */
async function signersOf(epoch: number): Promise<readonly (readonly Address[])[]> {
  const set = await readGuardSet(guards.reader, epoch);
  const posted = (await guards.posted()).filter((one) => one.epoch === epoch);
  const packed = await Promise.all(posted.map(({ txHash }) => readPostedQuorum(guards.reader, txHash)));
  return packed.map((quorum) => (quorum === undefined ? [] : decodeQuorum(set, quorum).map(({ guard }) => guard)));
}

describe("nine guards of which three leave while roots are open, and three others come", { timeout: 300_000 }, () => {
  it("attest with the old set while the queue moves", async () => {
    await guards.moveToSlot(0, 0);
    await guards.lookTogether();
    for (const index of DEAD) await guards.stop(index);
    // The roots of epoch 1 are open; what is asked for now counts from epoch 3 on.
    await guards.moveToSlot(1, 0);
    for (const index of LEAVING) await leaveGuards(guards.ownerOf(index));
    for (const index of JOINING) await joinGuards(guards.ownerOf(index), guards.addresses[index] ?? "0x");
    expect(await guards.attest(1)).toBe(true);
    expect(await setOf(2)).toEqual(addressesOf(OLD));
  });

  it("count those who left for the epoch that they guarded, when others guard already", async () => {
    expect(await guards.attest(2)).toBe(true);
    const running = await setOf(3);
    const [gone, come] = [addressesOf(LEAVING), addressesOf(JOINING)];
    // A quarter of the set in an epoch, no more.
    expect(gone.filter((guard) => !running.includes(guard))).toHaveLength(2);
    expect(come.filter((guard) => running.includes(guard))).toHaveLength(2);
    const signers = await signersOf(2);
    expect(signers).toHaveLength(ATTESTATION_KINDS.length);
    for (const own of signers) expect(own).toEqual(addressesOf([2, 3, 4, 5, ...LEAVING]));
  });

  it("need each who came and each who stays", async () => {
    expect(await guards.attest(3)).toBe(true);
    const running = await setOf(3);
    const alive = running.filter((guard) => !addressesOf(DEAD).includes(guard));
    for (const own of await signersOf(3)) expect(own).toEqual(alive);
  });

  it("go on without those who left, and none of their signatures was lost", async () => {
    for (const index of LEAVING) await guards.stop(index);
    expect(await setOf(4)).toEqual(addressesOf([0, 1, 2, 3, 4, 5, ...JOINING]));
    expect(await guards.attest(4)).toBe(true);
    const posted = await guards.posted();
    for (const epoch of [1, 2, 3, 4]) {
      expect(posted.filter((one) => one.epoch === epoch)).toHaveLength(ATTESTATION_KINDS.length);
    }
    for (const guard of addressesOf([...OLD, ...JOINING])) {
      expect((await readGuardSet(guards.reader, 4)).frozen.has(guard)).toBe(false);
    }
  });
});
