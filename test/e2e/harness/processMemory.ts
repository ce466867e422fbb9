import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** Regions larger than this are address space that an engine has reserved and not filled. */
const REGION_BYTES_MAX = 512 * 1_048_576;

/** Which of some texts stand in a process's own, writable memory, in UTF-8 or as its engine keeps wide texts. What a core dump would show. */
export function foundInMemory(pid: number, texts: readonly string[]): readonly string[] {
  const wanted = texts.map((text) => ({ text, forms: [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le")] }));
  const found = new Set<string>();
  for (const memory of regionsIn(pid)) {
    for (const { text, forms } of wanted) if (forms.some((form) => memory.includes(form))) found.add(text);
  }
  return [...found];
}

/** A process's own, writable memory, region by region: each is read when it is asked for. */
export function* regionsIn(pid: number): Generator<Buffer, void, undefined> {
  const descriptor = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const { from, bytes } of regionsOf(pid)) yield readRegion(descriptor, from, bytes);
  } finally {
    closeSync(descriptor);
  }
}

function regionsOf(pid: number): readonly { readonly from: number; readonly bytes: number }[] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw-p/.exec(line) ?? [];
      if (from === undefined || to === undefined) return [];
      const start = Number.parseInt(from, 16);
      const bytes = Number.parseInt(to, 16) - start;
      return bytes > REGION_BYTES_MAX ? [] : [{ from: start, bytes }];
    });
}

/** A region may go between its listing and its reading: then there is nothing in it any more. */
function readRegion(descriptor: number, from: number, bytes: number): Buffer {
  const memory = Buffer.alloc(bytes);
  let at = 0;
  while (at < bytes) {
    try {
      const count = readSync(descriptor, memory, at, bytes - at, from + at);
      if (count === 0) break;
      at += count;
    } catch (error) {
      if (error instanceof Error && "code" in error && (error.code === "EIO" || error.code === "EFAULT")) break;
      throw error;
    }
  }
  return memory.subarray(0, at);
}
