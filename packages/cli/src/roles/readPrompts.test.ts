import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPrompts } from "./readPrompts.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "prompts-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileOf = async (text: string): Promise<string> => {
  const file = join(folder, "prompts.txt");
  await writeFile(file, text);
  return file;
};

describe("questions of a file", () => {
  it("are its lines, without the empty ones", async () => {
    expect(await readPrompts(await fileOf("What is COR?\n\n  Who mines? \r\n"))).toEqual([
      "What is COR?",
      "Who mines?",
    ]);
  });

  it("are refused where there are none, or one is longer than any prompt", async () => {
    const refusal = expect.objectContaining({ code: "CLI_BAD_FILE" });
    await expect(readPrompts(await fileOf("\n\n"))).rejects.toThrow(refusal);
    await expect(readPrompts(await fileOf("x".repeat(4 * 1024 * 1024)))).rejects.toThrow(refusal);
    await expect(readPrompts(join(folder, "none.txt"))).rejects.toThrow(refusal);
  });
});
