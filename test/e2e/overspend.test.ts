import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const BENCH = fileURLToPath(new URL("../../bench/overspend/index.mjs", import.meta.url));
/** A twentieth of what `npm run bench -- overspend` asks. */
const REQUESTS = 50;

type Arm = {
  readonly bound: string;
  readonly requests: Readonly<Record<string, number>>;
  readonly afterRestart: Readonly<Record<string, number>>;
  readonly budgetWei: string;
  readonly booksWei: string;
  readonly receiptsWei: string;
  readonly chainWei: string;
  readonly receipts: number;
  readonly invalid: number;
  readonly database: unknown;
};

describe("two routers on one database, one killed while they spend one key's budget", () => {
  it("stay within it by books, receipts and chain, which agree to the wei", async () => {
    const { value, unit, arms } = await runBench();
    expect({ value, unit }).toEqual({ value: 0, unit: "wei" });
    const [arm] = arms;
    if (arm === undefined) throw new Error("nothing was run");
    expect(arm).toMatchObject({
      bound: "key",
      invalid: 0,
      receiptsWei: arm.booksWei,
      chainWei: arm.booksWei,
      database: { fsync: "on", synchronous_commit: "on" },
    });
    expect(BigInt(arm.booksWei)).toBeLessThanOrEqual(BigInt(arm.budgetWei));
    // Nothing of it could have gone over if half of it had not been spent, or nobody had been refused.
    expect(BigInt(arm.booksWei) * 2n).toBeGreaterThan(BigInt(arm.budgetWei));
    expect(arm.afterRestart.refused).toBeGreaterThan(0);
    expect(arm.receipts).toBeGreaterThan(REQUESTS / 2);
  });
});

async function runBench(): Promise<{
  readonly value: number;
  readonly unit: string;
  readonly arms: readonly Arm[];
}> {
  const child = spawn(process.execPath, [BENCH, "--json"], {
    env: { ...process.env, BENCH_REQUESTS: String(REQUESTS), BENCH_BOUNDS: "key" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (text === "") throw new Error(`the bench ended with ${code} and no figure`);
  return JSON.parse(text);
}
