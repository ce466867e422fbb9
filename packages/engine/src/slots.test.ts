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
  const left = slots.acquire(controller.signal);
  controller.abort();
  await expect(left).rejects.toMatchObject({ code: "ENGINE_ABORTED" });
  const next = slots.acquire();
  slots.release("a");
  expect(await next).toBe("a");
  await expect(slots.acquire(AbortSignal.abort())).rejects.toMatchObject({ code: "ENGINE_ABORTED" });
});
