import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createSealingKey } from "@cortensor/node";
import { type Address, addressOfPrivateKey, type Bytes32, type Hex } from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import { decryptKey, encryptKey, parseKeyFile, type StoredKey } from "./keyFile.js";
import type { Passphrase } from "./passphrase.js";
import { readFileIfThere, writeFileWhole } from "./writeFileWhole.js";

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

export type OpenedKey = { readonly name: string; readonly address: Address; readonly key: Secret<Hex> };

/** What others seal to: X25519. */
export type OpenedSealingKey = { readonly name: string; readonly publicKey: Bytes32; readonly key: Secret<Hex> };

/** Keys at rest: one file each, scrypt and AES-256-GCM, readable by its owner alone. */
export type Keystore = {
  /** Opens a key. Throws CLI_KEY_MISSING, CLI_WRONG_PASSPHRASE, CLI_BAD_FILE. */
  open(name: string): Promise<OpenedKey>;
  /** Opens a key, or makes it first. */
  openOrCreate(name: string): Promise<OpenedKey & { readonly isNew: boolean }>;
  /** Keeps a key that came from elsewhere. Throws CLI_KEY_EXISTS. */
  import(name: string, key: Hex): Promise<OpenedKey>;
  /** Opens a key that is sealed to, or makes it first. */
  openOrCreateSealing(name: string): Promise<OpenedSealingKey>;
  /** The keys that sign. */
  list(): Promise<readonly { readonly name: string; readonly address: string }[]>;
  listSealing(): Promise<readonly { readonly name: string; readonly sealingKey: string }[]>;
};

export function createKeystore(parts: {
  readonly folder: string;
  readonly passphrase: () => Promise<Passphrase>;
}): Keystore {
  const pathOf = (name: string) => {
    if (!NAME.test(name)) throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: name, expected: "a key's name" });
    return join(parts.folder, `${name}.json`);
  };
  const read = async (name: string): Promise<StoredKey | undefined> => {
    const text = await readFileIfThere(pathOf(name));
    return text === undefined ? undefined : parseKeyFile(text, pathOf(name));
  };
  const write = async (name: string, stored: object): Promise<void> =>
    writeFileWhole(pathOf(name), `${JSON.stringify(stored, undefined, 2)}\n`);
  const decrypt = async (name: string, stored: StoredKey): Promise<Hex> => {
    const key = await decryptKey(stored, await parts.passphrase());
    if (key === undefined) throw new CliError({ code: "CLI_WRONG_PASSPHRASE", key: name });
    return key;
  };
  const store = async (name: string, key: Hex): Promise<OpenedKey> => {
    const address = addressOfPrivateKey(key);
    await write(name, await encryptKey({ key, half: { address }, passphrase: await parts.passphrase() }));
    return { name, address, key: new Secret(key) };
  };
  const openSigning = async (name: string, stored: StoredKey): Promise<OpenedKey> => {
    if (!("address" in stored)) throw otherKind(pathOf(name), "signs");
    const key = await decrypt(name, stored);
    return { name, address: addressOfPrivateKey(key), key: new Secret(key) };
  };
  const readAll = async () => {
    const names = (await listFolder(parts.folder)).filter((file) => file.endsWith(".json")).sort();
    const all = names.map(async (file) => {
      const name = file.slice(0, -".json".length);
      return { name, stored: await read(name) };
    });
    return Promise.all(all);
  };
  return {
    async open(name) {
      const stored = await read(name);
      if (stored === undefined) {
        const hint = `cortensor key new ${name}, or cortensor key list`;
        throw new CliError({ code: "CLI_KEY_MISSING", key: name, hint });
      }
      return openSigning(name, stored);
    },
    async openOrCreate(name) {
      const stored = await read(name);
      if (stored !== undefined) return { ...(await openSigning(name, stored)), isNew: false };
      return { ...(await store(name, createPrivateKey())), isNew: true };
    },
    async import(name, key) {
      if ((await read(name)) !== undefined) throw new CliError({ code: "CLI_KEY_EXISTS", key: name });
      return store(name, key);
    },
    async openOrCreateSealing(name) {
      const stored = await read(name);
      if (stored !== undefined && !("sealingKey" in stored)) throw otherKind(pathOf(name), "is sealed to");
      const key: Hex = stored === undefined ? randomKey() : await decrypt(name, stored);
      const secret = new Secret(key);
      const { publicKey } = createSealingKey(secret);
      if (stored === undefined) {
        const half = { sealingKey: publicKey };
        await write(name, await encryptKey({ key, half, passphrase: await parts.passphrase() }));
      }
      return { name, publicKey, key: secret };
    },
    async list() {
      const all = await readAll();
      return all.flatMap(({ name, stored }) =>
        stored !== undefined && "address" in stored ? [{ name, address: stored.address }] : [],
      );
    },
    async listSealing() {
      const all = await readAll();
      return all.flatMap(({ name, stored }) =>
        stored !== undefined && "sealingKey" in stored ? [{ name, sealingKey: stored.sealingKey }] : [],
      );
    },
  };
}

function otherKind(file: string, does: string): CliError {
  return new CliError({ code: "CLI_BAD_FILE", file, problem: `is no key that ${does}` });
}

function randomKey(): Hex {
  return `0x${randomBytes(32).toString("hex")}`;
}

/** A fresh secp256k1 key. A value outside the curve's order is as good as impossible, and is drawn again. */
function createPrivateKey(): Hex {
  for (;;) {
    const key = randomKey();
    try {
      addressOfPrivateKey(key);
      return key;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "PROTOCOL_BAD_KEY")) throw error;
    }
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
