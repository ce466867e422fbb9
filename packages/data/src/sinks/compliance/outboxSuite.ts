import { createManualClock, type ManualClock } from "@cortensor/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import type { OutboxBounds, OutboxLease, SinkOutbox } from "../outbox/sinkOutbox.js";
import { withhold } from "../record/withhold.js";
import { aDraft, aRecord, NOW_MS, someRecords, word } from "./makers.js";

export type MakeOutbox = (parts: {
  readonly clock: ManualClock;
  readonly bounds?: Partial<OutboxBounds>;
}) => Promise<SinkOutbox>;

const WIDE = { after: 0, recordsMax: 100, bytesMax: 1_000_000 };
const MS = 30_000;

/** What any outbox must do. Every test has sessions of its own. */
export function outboxSuite(name: string, make: MakeOutbox): void {
  describe(name, () => {
    const clock = createManualClock(NOW_MS);
    let outbox: SinkOutbox;
    beforeAll(async () => {
      outbox = await make({ clock });
    });
    const fill = async (tag: string, count: number, from: SinkOutbox = outbox) => {
      const session = word(`${name} ${tag}`);
      for (let n = 1; n <= count; n++) await from.append(aDraft(session, n));
      return session;
    };
    const leased = async (session: `0x${string}`, holder = "one"): Promise<OutboxLease> => {
      const lease = await outbox.lease(session, { holder, ms: MS });
      if (!lease) throw new Error("leased by another");
      return lease;
    };

    it("numbers a session's records from one, and gives them back as they were", async () => {
      const session = await fill("numbers", 3);
      expect(await outbox.read(session, WIDE)).toEqual(someRecords(session, 1, 3));
      expect(await outbox.status(session)).toMatchObject({ lastSequence: 3, deliveredThrough: 0, records: 3 });
      expect(await outbox.taskAt(session, 2)).toBe(aRecord(session, 2).taskId);
      expect(await outbox.taskAt(session, 4)).toBeUndefined();
    });

    it("knows nothing of a session that nobody appended to", async () => {
      const nobody = word(`${name} nobody`);
      expect(await outbox.status(nobody)).toEqual({ lastSequence: 0, deliveredThrough: 0, records: 0, bytes: 0 });
      expect(await outbox.read(nobody, WIDE)).toEqual([]);
      expect(await outbox.room(nobody)).toBe("open");
    });

    it("keeps a task once, however often it is appended, also after it was delivered", async () => {
      const session = await fill("twice", 2);
      expect(await outbox.append(aDraft(session, 1))).toEqual({ kind: "known", sequence: 1 });
      await outbox.acknowledge(await leased(session), 2);
      expect(await outbox.append(aDraft(session, 1))).toEqual({ kind: "known", sequence: 1 });
      expect(await outbox.append(aDraft(session, 3))).toMatchObject({ kind: "appended", sequence: 3 });
    });

    it("numbers without gaps what many append at once", async () => {
      const session = word(`${name} at once`);
      const drafts = Array.from({ length: 20 }, (_, n) => aDraft(session, n % 10));
      const outcomes = await Promise.all(drafts.map((draft) => outbox.append(draft)));
      expect(outcomes.filter(({ kind }) => kind === "appended")).toHaveLength(10);
      const records = await outbox.read(session, WIDE);
      expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    it("gives no more than is asked for, and one record however large", async () => {
      const session = await fill("pages", 3);
      const { bytes } = await outbox.status(session);
      const read = async (over: Partial<typeof WIDE>) =>
        (await outbox.read(session, { ...WIDE, ...over })).map(({ sequence }) => sequence);
      expect(await read({ recordsMax: 2 })).toEqual([1, 2]);
      expect(await read({ bytesMax: 1 })).toEqual([1]);
      expect(await read({ bytesMax: bytes - 1 })).toEqual([1, 2]);
      expect(await read({ bytesMax: bytes })).toEqual([1, 2, 3]);
      expect(await read({ after: 2 })).toEqual([3]);
    });

    it("lets go of what is acknowledged, in order, and of nothing else", async () => {
      const session = await fill("acknowledged", 3);
      const lease = await leased(session);
      expect(await outbox.acknowledge(lease, 2)).toBe(true);
      expect(await outbox.read(session, WIDE)).toEqual([aRecord(session, 3)]);
      expect(await outbox.acknowledge(lease, 1)).toBe(true);
      expect(await outbox.status(session)).toMatchObject({ deliveredThrough: 2, records: 1 });
      expect(await outbox.acknowledge(lease, 99)).toBe(true);
      expect(await outbox.status(session)).toMatchObject({ deliveredThrough: 3, records: 0, bytes: 0 });
    });

    it("names the sessions with records that wait", async () => {
      const waiting = await fill("waits", 1);
      const done = await fill("done", 1);
      await outbox.acknowledge(await leased(done), 1);
      const sessions = await outbox.waiting(1_000);
      expect(sessions).toContain(waiting);
      expect(sessions).not.toContain(done);
      expect(await outbox.waiting(1)).toHaveLength(1);
    });

    it("leases a session to one at a time, and to another when the lease has run out or is released", async () => {
      const session = await fill("leases", 2);
      const first = await leased(session, "one");
      expect(await outbox.lease(session, { holder: "two", ms: MS })).toBeUndefined();
      expect((await leased(session, "one")).epoch).toBe(first.epoch);
      await clock.advance(MS);
      const second = await leased(session, "two");
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await outbox.acknowledge(first, 1)).toBe(false);
      expect(await outbox.status(session)).toMatchObject({ deliveredThrough: 0, records: 2 });
      await outbox.release(first);
      expect(await outbox.lease(session, { holder: "one", ms: MS })).toBeUndefined();
      await outbox.release(second);
      expect((await leased(session, "one")).epoch).toBeGreaterThan(second.epoch);
    });

    it("is full at its mark, still takes what was admitted, and opens again", async () => {
      const small = await make({ clock, bounds: { sessionRecordsMax: 2 } });
      const session = await fill("mark", 1, small);
      expect(await small.room(session)).toBe("open");
      await small.append(aDraft(session, 2));
      expect(await small.room(session)).toBe("full");
      for (const n of [3, 4]) expect(await small.append(aDraft(session, n))).toMatchObject({ kind: "appended" });
      expect(await small.append(aDraft(session, 5))).toEqual({ kind: "full" });
      expect((await small.read(session, WIDE)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
      const lease = await small.lease(session, { holder: "one", ms: MS });
      if (lease) await small.acknowledge(lease, 3);
      expect(await small.room(session)).toBe("open");
      expect(await small.append(aDraft(session, 5))).toMatchObject({ sequence: 5 });
    });

    it("is full for every session when all of them together wait with too much", async () => {
      const shared = await make({ clock, bounds: { bytesMax: 10 } });
      await fill("much", 1, shared);
      expect(await shared.room(word(`${name} innocent`))).toBe("full");
    });

    it("keeps a record that is too large without its texts, and says so", async () => {
      const small = await make({ clock, bounds: { recordBytesMax: 4_000 } });
      const session = word(`${name} large`);
      const prompt = "x".repeat(4_000);
      expect(await small.append(aDraft(session, 1, { prompt }))).toEqual({
        kind: "appended",
        sequence: 1,
        withheld: true,
      });
      expect(await small.read(session, WIDE)).toEqual([withhold(aRecord(session, 1, { prompt }), "too_large")]);
    });

    it("gives up what waits when it is told to, and takes what comes next; who held the lease acknowledges nothing", async () => {
      const session = await fill("discarded", 3);
      const lease = await leased(session);
      await outbox.acknowledge(lease, 1);
      expect(await outbox.discard(session)).toBe(2);
      expect(await outbox.status(session)).toEqual({ lastSequence: 3, deliveredThrough: 3, records: 0, bytes: 0 });
      expect(await outbox.append(aDraft(session, 3))).toMatchObject({ kind: "known" });
      expect(await outbox.append(aDraft(session, 4))).toMatchObject({ sequence: 4 });
      expect(await outbox.acknowledge(lease, 4)).toBe(false);
      expect(await outbox.read(session, WIDE)).toEqual([aRecord(session, 4)]);
      expect(await outbox.discard(word(`${name} never`))).toBe(0);
    });

    it("forgets the tasks of long ago", async () => {
      const short = await make({ clock, bounds: { deliveredIdsKept: 1 } });
      const session = await fill("old", 3, short);
      const lease = await short.lease(session, { holder: "one", ms: MS });
      if (lease) await short.acknowledge(lease, 3);
      expect(await short.taskAt(session, 3)).toBeDefined();
      expect(await short.taskAt(session, 2)).toBeUndefined();
      expect(await short.append(aDraft(session, 3))).toMatchObject({ kind: "known" });
    });
  });
}
