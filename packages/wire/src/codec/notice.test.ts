import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LinkRole } from "../link.js";
import { notice } from "../test/messageArbitraries.js";
import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { readNotice, writeNotice } from "./notice.js";

const SENDER: Record<string, LinkRole> = {
  advertisement: "miner",
  batch: "router",
  receipt: "router",
  receipts: "router",
  note: "router",
  unpaid: "router",
  reoffer: "miner",
  queued: "router",
  prekeys: "miner",
};

describe("notices", () => {
  it("come back as they were sent", () => {
    fc.assert(
      fc.property(notice, ({ topic, body }) => {
        const sender = SENDER[topic] ?? "miner";
        const writer = new ByteWriter();
        writeNotice(writer, topic, body, sender);
        const bytes = writer.take();
        const seen: unknown[] = [];
        const see = (value: unknown) => seen.push(value);
        const read = readNotice(new ByteReader(bytes), sender);
        const handlers = {
          advertisement: see,
          batch: see,
          receipt: see,
          receipts: see,
          note: see,
          unpaid: see,
          reoffer: see,
          queued: see,
          prekeys: see,
        };
        expect(read.deliver(handlers)).toBe(true);
        expect(read.topic).toBe(topic);
        expect(seen).toEqual([body]);
        expect(() => readNotice(new ByteReader(bytes, 0, bytes.length - 1), sender)).toThrow("WIRE_MALFORMED");
      }),
      { numRuns: 300 },
    );
  });

  it("are refused from the side that may not send them", () => {
    const unpaid = {
      taskId: `0x${"00".repeat(32)}`,
      miner: `0x${"00".repeat(20)}`,
      replica: 0,
      segment: 0,
      code: "x",
    } as const;
    const writer = new ByteWriter();
    writeNotice(writer, "unpaid", unpaid, "router");
    expect(() => readNotice(new ByteReader(writer.take()), "miner")).toThrow("a miner may not send unpaid");
    expect(() => writeNotice(writer, "unpaid", unpaid, "miner")).toThrow("WIRE_UNENCODABLE");
    expect(() => readNotice(new ByteReader(Buffer.from([99])), "router")).toThrow("an unknown notice");
  });

  it("without a reader are said to have none", () => {
    const writer = new ByteWriter();
    writeNotice(writer, "advertisement", { models: [], capacity: 1, running: 0, queued: 0 }, "miner");
    expect(readNotice(new ByteReader(writer.take()), "miner").deliver({})).toBe(false);
  });
});
