import { afterAll, describe, expect, it } from "vitest";
import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { contextIn } from "./runInHome.js";
import { testMessenger } from "../src/messenger/testMessenger.js";

/** Seeds of each adapter; a hundred in the deep run. */
const RUNS = Number(process.env.CORTENSOR_MESSAGE_ANVIL_RUNS ?? 1);
const adapterAt = (name: string) => fileURLToPath(new URL(`./adapters/${name}.mjs`, import.meta.url));

describe("cortensor messenger test", { timeout: 120_000 + RUNS * 30_000 }, () => {
  const contexts: ReturnType<typeof contextIn>[] = [];
  const run = async (target: string, runs: number): Promise<Record<string, unknown>> => {
    const said: string[] = [];
    const context = contextIn(tmpdir(), { said });
    contexts.push(context);
    await testMessenger(context, { target, runs });
    return JSON.parse(said.at(-1) ?? "null");
  };
  afterAll(async () => {
    for (const context of contexts) await context.shutdown.run("done");
  });

  it.each(["quorum", "sameChain"])("finds that our %s holds, over two chains and faulty relayers", async (name) => {
    expect(await run(name, RUNS)).toMatchObject({ adapter: name, checks: 8, runs: RUNS });
  });

  it("finds that an adapter of somebody else's holds", async () => {
    expect(await run(adapterAt("courier"), 0)).toMatchObject({ adapter: "courier", checks: 8 });
  });

  it("says in a sentence what a broken one does", async () => {
    await expect(run(adapterAt("careless"), 0)).rejects.toMatchObject({
      data: {
        code: "CLI_MESSENGER_FAILED",
        faults: ["a stranger hands in nothing that was never sent: whether a forged message is taken: true, and false is right"],
      },
    });
  });

  it("refuses a file that is no adapter", async () => {
    await expect(run(fileURLToPath(import.meta.url), 0)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    await expect(run("./nowhere.mjs", 0)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });
});
