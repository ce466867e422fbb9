import { mkdtempSync, rmSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onReaderGone } from "../src/onReaderGone.js";

describe("the reader of an output", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cortensor-reader-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("that has gone ends the command, and what is written afterwards harms nobody", async () => {
    const path = join(folder, "reader");
    const reader = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => reader.listen(path, resolve));
    const output = new Socket({ allowHalfOpen: true }).connect(path);
    const gone = new Promise<void>((resolve) => onReaderGone([output], resolve));
    output.on("end", () => {
      output.write("nobody reads this");
      output.write("nor this");
    });
    output.resume();
    await gone;
    await new Promise((resolve) => reader.close(resolve));
    expect(output.destroyed).toBe(true);
  });

  it("is not gone because of another failure, which is thrown", () => {
    const output = new PassThrough();
    onReaderGone([output], () => undefined);
    expect(() => output.emit("error", Object.assign(new Error("full"), { code: "ENOSPC" }))).toThrow("full");
  });
});
