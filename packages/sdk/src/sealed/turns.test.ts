import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("are as many as may be taken, then one for each that is handed on, in order", async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    const taken = [0, 1, 2, 3].map(async (name) => {
      const pass = await turns.take();
      order.push(name);
      return pass;
    });
    const [first] = await Promise.all(taken.slice(0, 2));
    await settled();
    expect(order).toEqual([0, 1]);
    first?.();
    first?.();
    await settled();
    expect(order).toEqual([0, 1, 2]);
    for (const one of taken.slice(1, 3)) (await one)();
    await settled();
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it("are lost to nobody when one that waits goes away", async () => {
    const turns = new Turns(1);
    const pass = await turns.take();
    const leaving = new AbortController();
    const left = turns.take(leaving.signal);
    const next = turns.take();
    leaving.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    pass();
    (await next)();
    await expect(turns.take(leaving.signal)).rejects.toThrow("gone");
    (await turns.take())();
  });
});
