import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadAdapter } from "../src/messenger/loadAdapter.js";
import { testMessenger } from "../src/messenger/testMessenger.js";
import { contextIn } from "./runInHome.js";

const adapterAt = (name: string) => fileURLToPath(new URL(`./adapters/${name}.mjs`, import.meta.url));

describe("cortensor messenger test", { timeout: 300_000 }, () => {
  const contexts: ReturnType<typeof contextIn>[] = [];
  const run = async (target: string): Promise<Record<string, unknown>> => {
    const said: string[] = [];
    const context = contextIn(tmpdir(), { said });
    contexts.push(context);
    await testMessenger(context, { target, runs: 1 });
    return JSON.parse(said.at(-1) ?? "null");
  };
  afterAll(async () => {
    for (const context of contexts) await context.shutdown.run("done");
  });

  it("finds that an adapter of somebody else's holds, also over faulty relayers", async () => {
    expect(await run(adapterAt("courier"))).toMatchObject({ adapter: "courier", checks: 8, runs: 1 });
  });

  it("says in a sentence what a broken one does", async () => {
    await expect(run(adapterAt("careless"))).rejects.toMatchObject({
      data: {
        code: "CLI_MESSENGER_FAILED",
        faults: [
          "a stranger hands in nothing that was never sent: whether a forged message is taken: true, and false is right",
        ],
      },
    });
  });

  it("knows the network's own by name, and refuses a file that is no adapter", async () => {
    expect((await loadAdapter("quorum")).name).toBe("quorum");
    await expect(loadAdapter("./packages/cli/test/adapters/courierMessenger.json")).rejects.toMatchObject({
      code: "CLI_BAD_FILE",
    });
    await expect(loadAdapter("./nowhere.mjs")).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });
});
