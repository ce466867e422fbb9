import { expect, it } from "vitest";
import { SerialQueue } from "./serialQueue.js";

it("runs one job at a time in the order they came, past one that fails", async () => {
  const queue = new SerialQueue();
  const seen: string[] = [];
  let running = 0;
  const job = (name: string, fails = false) =>
    queue.run(async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      seen.push(name);
      running -= 1;
      if (fails) throw new Error(name);
      return name;
    });
  const outcomes = await Promise.allSettled([job("a"), job("b", true), job("c")]);
  expect(seen).toEqual(["a", "b", "c"]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

it("refuses more jobs than its bound, and takes new ones once it is empty", async () => {
  const queue = new SerialQueue();
  const jobs = Array.from({ length: 1_025 }, () => queue.run(() => Promise.resolve(1)));
  const outcomes = await Promise.allSettled(jobs);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
  await expect(queue.run(() => Promise.resolve(2))).resolves.toBe(2);
});
