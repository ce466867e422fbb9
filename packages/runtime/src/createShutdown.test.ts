import { describe, expect, it } from "vitest";
import { createShutdown } from "./createShutdown.js";

describe("createShutdown", () => {
  it("releases what was acquired last first, and once", async () => {
    const shutdown = createShutdown();
    const order: string[] = [];
    for (const name of ["database", "server", "socket"]) shutdown.add(name, () => void order.push(name));
    const reports = await Promise.all([shutdown.run("test"), shutdown.run("again")]);
    expect(order).toEqual(["socket", "server", "database"]);
    expect(reports[0]).toBe(reports[1]);
    expect(reports[0]).toMatchObject({
      reason: "test",
      released: ["socket", "server", "database"],
      failed: [],
      timedOut: [],
    });
  });

  it("aborts its signal before the first release", async () => {
    const shutdown = createShutdown();
    let wasAborted = false;
    shutdown.add("check", () => {
      wasAborted = shutdown.signal.aborted;
    });
    expect(shutdown.signal.aborted).toBe(false);
    await shutdown.run();
    expect(wasAborted).toBe(true);
  });

  it("releases the rest when one fails", async () => {
    const shutdown = createShutdown();
    let isReleased = false;
    shutdown.add("database", () => {
      isReleased = true;
    });
    shutdown.add("server", () => Promise.reject(new Error("stuck")));
    const report = await shutdown.run();
    expect(isReleased).toBe(true);
    expect(report.failed.map(({ name }) => name)).toEqual(["server"]);
  });

  it("goes on to the next when the time is up, and names who took too long", async () => {
    const shutdown = createShutdown({ timeoutMs: 1 });
    shutdown.add("never", () => new Promise(() => undefined));
    expect(await shutdown.run()).toMatchObject({ released: [], timedOut: ["never"] });
  });

  it("doesn't release what was taken off", async () => {
    const shutdown = createShutdown();
    const remove = shutdown.add("server", () => Promise.reject(new Error("released")));
    remove();
    expect(await shutdown.run()).toMatchObject({ released: [], failed: [] });
  });

  it("releases at once what is added after the end", async () => {
    const shutdown = createShutdown();
    await shutdown.run();
    await new Promise<void>((resolve) => shutdown.add("late", resolve));
  });

  it("releases what is added while it runs", async () => {
    const shutdown = createShutdown();
    const order: string[] = [];
    shutdown.add("server", () => {
      shutdown.add("late", () => void order.push("late"));
      order.push("server");
    });
    await shutdown.run();
    expect(order).toEqual(["server", "late"]);
  });
});
