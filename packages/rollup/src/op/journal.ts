import { mkdir, open, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Hex } from "@cortensor/protocol";
import { fromRlp, isHex, toRlp } from "viem";
import { z } from "zod";
import { type BlockInput, decodeBlock, encodeBlock } from "./batch.js";

/** A block that a sequencer was about to make: its place, and its word. */
export type JournalLine = { readonly number: number; readonly before: Hex; readonly input: BlockInput };

const schema = z.strictObject({
  number: z.int().min(1),
  before: z.string(),
  block: z.string(),
});

/**
 * What a sequencer decided and the parent may not have yet, a line a block, each on the disk before its block is made. Blocks that the parent has
 * are left out at the next start. Without it, what wasn't posted never was.
 */
export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws nothing for a last line that a killed process left half written: its block wasn't made. */
  async read(): Promise<readonly JournalLine[]> {
    const text = await readIfThere(this.#path);
    const lines: JournalLine[] = [];
    for (const line of text.split("\n").filter(Boolean)) {
      const read = parseLine(line);
      if (read === undefined) break;
      lines.push(read);
    }
    return lines;
  }

  /** Holds these lines alone, all or none. */
  async rewrite(lines: readonly JournalLine[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const fresh = `${this.#path}.new`;
    await writeFile(fresh, lines.map(formatLine).join(""), { mode: 0o600, flush: true });
    await rename(fresh, this.#path);
  }

  async append(line: JournalLine): Promise<void> {
    const file = await open(this.#path, "a", 0o600);
    try {
      await file.writeFile(formatLine(line));
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

function formatLine({ number, before, input }: JournalLine): string {
  return `${JSON.stringify({ number, before, block: toRlp(encodeBlock(input)) })}\n`;
}

function parseLine(text: string): JournalLine | undefined {
  try {
    const { number, before, block } = schema.parse(JSON.parse(text));
    if (!isHex(before) || !isHex(block)) return undefined;
    return { number, before, input: decodeBlock(fromRlp(block, "hex")) };
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
