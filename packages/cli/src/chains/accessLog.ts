import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { DoorEntry } from "@cortensor/rollup";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";

/** Entries that wait for the disk: what exceeds them is counted and said, not kept. */
const WAITING_MAX = 10_000;

/** A door's access log: metadata alone, a JSON object a line, kept for as long as the plan says. */
export class AccessLog {
  readonly #file: string;
  readonly #waiting: string[] = [];
  #lost = 0;

  constructor(file: string) {
    this.#file = file;
  }

  note(entry: DoorEntry): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(`${JSON.stringify(entry)}\n`);
    else this.#lost += 1;
  }

  /** Writes what waits. */
  async write(): Promise<void> {
    if (this.#lost > 0) this.#waiting.push(`${JSON.stringify({ lost: this.#lost })}\n`);
    this.#lost = 0;
    const lines = this.#waiting.splice(0);
    if (lines.length === 0) return;
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    await appendFile(this.#file, lines.join(""), { mode: 0o600 });
  }

  /** Drops what is older than the network keeps. */
  async prune(beforeSeconds: number): Promise<void> {
    const text = await readFileIfThere(this.#file);
    if (text === undefined) return;
    const kept = text.split("\n").filter((line) => line !== "" && isSince(line, beforeSeconds));
    await writeFileWhole(this.#file, kept.map((line) => `${line}\n`).join(""));
  }
}

function isSince(line: string, seconds: number): boolean {
  const [, at] = /^\{"at":(\d+)/.exec(line) ?? [];
  return at === undefined || Number(at) >= seconds;
}
