import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Address, addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { Passphrase } from "./passphrase.js";
import { readFileIfThere, writeFileWhole } from "./writeFileWhole.js";

/** Cost of a guess at a passphrase that a person chose: about a tenth of a second and 32 MiB. */
const SCRYPT_N_CHOSEN = 32_768;
/** A generated passphrase has 256 bits: no guess finds it, so that opening a local network's keys needn't wait. */
const SCRYPT_N_GENERATED = 1_024;
const SCRYPT_N_MAX = 1_048_576;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const hexText = z.string().regex(/^([0-9a-f]{2})+$/);
const storedKey = z.strictObject({
  version: z.literal(1),
  address: z.string().regex(/^0x[0-9a-f]{40}$/),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z.int().min(2).max(SCRYPT_N_MAX),
    r: z.literal(8),
    p: z.literal(1),
    salt: hexText,
  }),
  cipher: z.strictObject({ name: z.literal("aes-256-gcm"), iv: hexText, tag: hexText, text: hexText }),
});
type StoredKey = z.infer<typeof storedKey>;

export type OpenedKey = { readonly name: string; readonly address: Address; readonly key: Secret<Hex> };

/** Keys at rest: one file each, scrypt and AES-256-GCM, readable by its owner alone. */
export type Keystore = {
  /** Opens a key. Throws CLI_KEY_MISSING, CLI_WRONG_PASSPHRASE, CLI_BAD_FILE. */
  open(name: string): Promise<OpenedKey>;
  /** Opens a key, or makes it first. */
  openOrCreate(name: string): Promise<OpenedKey & { readonly isNew: boolean }>;
  /** Keeps a key that came from elsewhere. Throws CLI_KEY_EXISTS. */
  import(name: string, key: Hex): Promise<OpenedKey>;
  list(): Promise<readonly { readonly name: string; readonly address: string }[]>;
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
    return text === undefined ? undefined : parseStored(text, pathOf(name));
  };
  const store = async (name: string, key: Hex): Promise<OpenedKey> => {
    const address = addressOfPrivateKey(key);
    const stored = await encrypt({ key, address, passphrase: await parts.passphrase() });
    await writeFileWhole(pathOf(name), `${JSON.stringify(stored, undefined, 2)}\n`);
    return { name, address, key: new Secret(key) };
  };
  const decryptKey = async (name: string, stored: StoredKey): Promise<OpenedKey> => {
    const key = await decrypt(stored, await parts.passphrase());
    if (key === undefined) throw new CliError({ code: "CLI_WRONG_PASSPHRASE", key: name });
    return { name, address: addressOfPrivateKey(key), key: new Secret(key) };
  };
  return {
    async open(name) {
      const stored = await read(name);
      if (stored === undefined) {
        const hint = `cortensor key new ${name}, or cortensor key list`;
        throw new CliError({ code: "CLI_KEY_MISSING", key: name, hint });
      }
      return decryptKey(name, stored);
    },
    async openOrCreate(name) {
      const stored = await read(name);
      if (stored !== undefined) return { ...(await decryptKey(name, stored)), isNew: false };
      return { ...(await store(name, createPrivateKey())), isNew: true };
    },
    async import(name, key) {
      if ((await read(name)) !== undefined) throw new CliError({ code: "CLI_KEY_EXISTS", key: name });
      return store(name, key);
    },
    async list() {
      const names = (await listFolder(parts.folder)).filter((file) => file.endsWith(".json")).sort();
      const keys = await Promise.all(
        names.map(async (file) => {
          const name = file.slice(0, -".json".length);
          const stored = await read(name);
          return stored === undefined ? undefined : { name, address: stored.address };
        }),
      );
      return keys.filter((key) => key !== undefined);
    },
  };
}

/** A fresh secp256k1 key. A value outside the curve's order is as good as impossible, and is drawn again. */
function createPrivateKey(): Hex {
  for (;;) {
    const key: Hex = `0x${randomBytes(32).toString("hex")}`;
    try {
      addressOfPrivateKey(key);
      return key;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "PROTOCOL_BAD_KEY")) throw error;
    }
  }
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

function keyFrom(passphrase: string, { n, salt }: { n: number; salt: string }): Promise<Buffer> {
  return derive(passphrase, Buffer.from(salt, "hex"), 32, { N: n, r: 8, p: 1, maxmem: 256 * n * 8 });
}

async function encrypt({
  key,
  address,
  passphrase,
}: {
  key: Hex;
  address: Address;
  passphrase: Passphrase;
}): Promise<StoredKey> {
  const n = passphrase.isGenerated ? SCRYPT_N_GENERATED : SCRYPT_N_CHOSEN;
  const salt = randomBytes(32).toString("hex");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await keyFrom(passphrase.text.expose(), { n, salt }), iv);
  cipher.setAAD(Buffer.from(address));
  const text = Buffer.concat([cipher.update(Buffer.from(key.slice(2), "hex")), cipher.final()]).toString("hex");
  const tag = cipher.getAuthTag().toString("hex");
  return {
    version: 1,
    address,
    kdf: { name: "scrypt", n, r: 8, p: 1, salt },
    cipher: { name: "aes-256-gcm", iv: iv.toString("hex"), tag, text },
  };
}

/** Undefined when the passphrase is wrong, or the file was changed: the tag can't tell which. */
async function decrypt(stored: StoredKey, passphrase: Passphrase): Promise<Hex | undefined> {
  const { iv, tag, text } = stored.cipher;
  const secret = await keyFrom(passphrase.text.expose(), stored.kdf);
  const decipher = createDecipheriv("aes-256-gcm", secret, Buffer.from(iv, "hex"));
  decipher.setAAD(Buffer.from(stored.address));
  decipher.setAuthTag(Buffer.from(tag, "hex"));
  const plain = decipher.update(Buffer.from(text, "hex"));
  try {
    return `0x${Buffer.concat([plain, decipher.final()]).toString("hex")}`;
  } catch (error) {
    if (error instanceof Error && /unable to authenticate/i.test(error.message)) return undefined;
    throw error;
  }
}

function parseStored(text: string, file: string): StoredKey {
  const parsed = storedKey.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is not a key of this keystore" });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
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
