import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findProxyKey } from "./proxyKey.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-proxy-"));
  folders.push(folder);
  const file = join(folder, "key");
  writeFileSync(file, text);
  return file;
}

describe("a proxy's key", () => {
  it("is the one given, by environment or file, and is then never said again", async () => {
    for (const env of [{ PROXY_KEY: "sixteen-or-more." }, { PROXY_KEY_FILE: aFile("sixteen-or-more.\n") }]) {
      const { isKey, made } = await findProxyKey(env);
      expect(made).toBeUndefined();
      expect([isKey("sixteen-or-more."), isKey("sixteen-or-more"), isKey("")]).toEqual([true, false, false]);
    }
  });

  it("is made anew where none is given, another each time", async () => {
    const [one, two] = [await findProxyKey({}), await findProxyKey({ PROXY_KEY: "", PROXY_KEY_FILE: "" })];
    expect(one.made).toMatch(/^cp-[\w-]{43}$/);
    expect(one.isKey(one.made ?? "")).toBe(true);
    expect(one.isKey(two.made ?? "")).toBe(false);
  });

  it.each([
    ["too short", "fifteen-letters"],
    ["with a space", "sixteen or more letters"],
    ["too long", "k".repeat(513)],
  ])("is refused when it is %s, without a word of it", async (_why, key) => {
    for (const env of [{ PROXY_KEY: key }, { PROXY_KEY_FILE: aFile(key) }]) {
      const refused = await findProxyKey(env).catch((error: unknown) => error);
      expect(String(refused)).toMatch(/CLI_BAD_(ARGUMENT|FILE)/);
      expect(String(refused)).not.toContain(key);
    }
    await expect(findProxyKey({ PROXY_KEY_FILE: "/no/such/file" })).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE", problem: "can't be read" },
    });
  });
});
