import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "@cortensor/protocol";
import { createShutdown } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCommandContext } from "../src/commandContext.js";
import { loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { createOutput } from "../src/output.js";

describe("cortensor sink", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cortensor-sink-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What the command says to a program. */
  const say = async (...args: string[]): Promise<unknown> => {
    let said = "";
    const write = (text: string) => {
      said += text;
    };
    const output = createOutput({ isJson: true, write, writeError: write, nowMs: () => 0 });
    const shutdown = createShutdown();
    const program = createProgram(
      async (options, work) => {
        const ask = async () => "";
        try {
          await work(createCommandContext({ env: {}, options, output, shutdown, ask }));
        } catch (error) {
          if (!(error instanceof CodedError)) throw error;
          output.fail(error);
        }
      },
      await loadCommands(["sink"]),
      { isQuiet: true },
    );
    await program.parseAsync(["node", "cortensor", "--json", "sink", ...args]);
    await shutdown.run("done");
    return JSON.parse(said);
  };

  it("tries a file out, makes its tables when it is told to, and says what they hold", async () => {
    const target = `sqlite:${join(folder, "answers.db")}`;
    expect(await say("test", target)).toMatchObject({ event: "result", schema: "would create", version: 0 });
    expect(await say("show", target)).toMatchObject({ schema: "missing" });
    expect(await say("test", target, "--create")).toMatchObject({ schema: "created", version: 1 });
    expect(await say("show", target)).toMatchObject({ schema: "current", version: 1, sessions: 0, records: 0 });
  });

  it("says by name what is wrong, and never the password", async () => {
    const unread = await say("test", "postgres://me:hunter2@localhost/app?bogus=1");
    expect(unread).toMatchObject({ event: "error", code: "SINK_BAD_TARGET" });
    const away = await say("test", "postgres://me:hunter2@127.0.0.1:1/app");
    expect(away).toMatchObject({ event: "error", code: "SINK_UNREACHABLE", sink: "postgres 127.0.0.1:1/app" });
    expect(JSON.stringify([unread, away])).not.toContain("hunter2");
  });
});
