import type { Writable } from "node:stream";

/** Calls `end` when whoever read an output has gone, as `| head` does once it has seen enough. Any other failure of an output is thrown. */
export function onReaderGone(outputs: readonly Writable[], end: () => void): void {
  for (const output of outputs) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      end();
    });
  }
}
