import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey } from "@cortensor/node";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeystore } from "../src/home/keystore.js";
import { createPassphrase } from "../src/home/passphrase.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cortensor-keys-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const KEY = `0x${"42".repeat(32)}` as const;

function openStore(parts: { text?: string; mayGenerate?: boolean; ask?: () => Promise<string> } = {}) {
  const env = parts.text === undefined ? {} : { CORTENSOR_PASSPHRASE: parts.text };
  const { mayGenerate = false, ask } = parts;
  const passphrase = createPassphrase({ env, file: join(home, "passphrase"), ask, mayGenerate });
  return createKeystore({ folder: join(home, "keys"), passphrase });
}

describe("the keystore", () => {
  it("gives a key back to whoever has the passphrase, and keeps it from others' eyes", async () => {
    const made = await openStore({ text: "one" }).import("client", KEY);
    expect(made.address).toBe(addressOfPrivateKey(KEY));
    const file = join(home, "keys", "client.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain(KEY.slice(2));
    expect((await openStore({ text: "one" }).open("client")).key.expose()).toBe(KEY);
    await expect(openStore({ text: "two" }).open("client")).rejects.toMatchObject({ code: "CLI_WRONG_PASSPHRASE" });
  });

  it("never prints a key", async () => {
    const made = await openStore({ text: "one" }).import("client", KEY);
    expect(JSON.stringify(made)).not.toContain("4242");
    expect(String(made.key)).not.toContain("4242");
  });

  it("refuses a file whose address was changed, and one that is no key", async () => {
    await openStore({ text: "one" }).import("client", KEY);
    const file = join(home, "keys", "client.json");
    const stored = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...stored, address: `0x${"11".repeat(20)}` }));
    await expect(openStore({ text: "one" }).open("client")).rejects.toMatchObject({ code: "CLI_WRONG_PASSPHRASE" });
    writeFileSync(file, "{}");
    await expect(openStore({ text: "one" }).open("client")).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });

  it("makes a key once, and never over another", async () => {
    const store = openStore({ text: "one" });
    const first = await store.openOrCreate("client");
    const second = await store.openOrCreate("client");
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.address).toBe(first.address);
    await expect(store.import("client", KEY)).rejects.toMatchObject({ code: "CLI_KEY_EXISTS" });
    expect(await store.list()).toEqual([{ name: "client", address: first.address }]);
  });

  it("makes a sealing key once, shows its public half, and opens neither kind as the other", async () => {
    const store = openStore({ text: "one" });
    const first = await store.openOrCreateSealing("miner-sealing");
    const { address } = await store.openOrCreate("miner");
    const second = await store.openOrCreateSealing("miner-sealing");
    expect(second.publicKey).toBe(first.publicKey);
    expect(second.key.expose()).toBe(first.key.expose());
    expect(createSealingKey(first.key).publicKey).toBe(first.publicKey);
    const file = join(home, "keys", "miner-sealing.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain(first.key.expose().slice(2));
    expect(await store.list()).toEqual([{ name: "miner", address }]);
    expect(await store.listSealing()).toEqual([{ name: "miner-sealing", sealingKey: first.publicKey }]);
    await expect(store.open("miner-sealing")).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    await expect(store.openOrCreate("miner-sealing")).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    await expect(store.openOrCreateSealing("miner")).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    await expect(openStore({ text: "two" }).openOrCreateSealing("miner-sealing")).rejects.toMatchObject({
      code: "CLI_WRONG_PASSPHRASE",
    });
  });

  it.each(["../outside", "", "UPPER", "a/b"])("refuses the name '%s'", async (name) => {
    await expect(openStore({ text: "one" }).openOrCreate(name)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
  });
});

describe("the passphrase", () => {
  it("of a local network is made once and lies in a file for its owner alone", async () => {
    const first = await openStore({ mayGenerate: true }).openOrCreate("client");
    expect(statSync(join(home, "passphrase")).mode & 0o777).toBe(0o600);
    expect((await openStore().open("client")).address).toBe(first.address);
  });

  it("is asked of a person where there is one, and named as missing where there is none", async () => {
    const ask = async () => "typed";
    const made = await openStore({ ask }).openOrCreate("client");
    expect((await openStore({ text: "typed" }).open("client")).address).toBe(made.address);
    await expect(openStore().open("client")).rejects.toMatchObject({ code: "CLI_NO_PASSPHRASE" });
  });
});
