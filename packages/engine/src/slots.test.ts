import { expect, it } from "vitest";
import { Slots } from "./slots.js";

it("serves whoever waits in the order of asking", async () => {
  const slots = new Slots(["a"], 2);
  const first = await slots.acquire();
  const order: string[] = [];
  const second = slots.acquire().then(() => order.push("second"));
  const third = slots.acquire().then(() => order.push("third"));
  slots.release(first);
  await second;
  slots.release(first);
  await third;
  expect(order).toEqual(["second", "third"]);
});

it("refuses whoever would wait behind a full queue", async () => {
  const slots = new Slots(["a"], 1);
  await slots.acquire();
  const waiting = slots.acquire();
  await expect(slots.acquire()).rejects.toMatchObject({ code: "ENGINE_BUSY", isRetryable: true });
  slots.release("a");
  expect(await waiting).toBe("a");
});

it("forgets whoever stops waiting", async () => {
  const slots = new Slots(["a"], 1);
  await slots.acquire();
  const controller = new AbortController();
  const left = slots.acquire({ signal: controller.signal });
  controller.abort();
  await expect(left).rejects.toMatchObject({ code: "ENGINE_ABORTED" });
  const next = slots.acquire();
  slots.release("a");
  expect(await next).toBe("a");
  await expect(slots.acquire({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ENGINE_ABORTED" });
});

it("gives the free one that ranks highest, of equals the one that was given back first", async () => {
  const slots = new Slots(["a", "bb", "cc"], 1);
  const rank = (item: string): number => item.length;
  expect(await slots.acquire({ rank })).toBe("bb");
  slots.release("bb");
  expect(await slots.acquire({ rank })).toBe("cc");
  expect(await slots.acquire()).toBe("a");
});
