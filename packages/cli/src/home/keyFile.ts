import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import type { Hex } from "@cortensor/protocol";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { Passphrase } from "./passphrase.js";

/** Cost of a guess at a passphrase that a person chose: about a tenth of a second and 32 MiB. */
const SCRYPT_N_CHOSEN = 32_768;
/** A generated passphrase has 256 bits: no guess finds it, so that opening a local network's keys needn't wait. */
const SCRYPT_N_GENERATED = 1_024;
const SCRYPT_N_MAX = 1_048_576;
const hexText = z.string().regex(/^([0-9a-f]{2})+$/);
const sealed = {
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z.int().min(2).max(SCRYPT_N_MAX),
    r: z.literal(8),
    p: z.literal(1),
    salt: hexText,
  }),
  cipher: z.strictObject({ name: z.literal("aes-256-gcm"), iv: hexText, tag: hexText, text: hexText }),
};
const signingKey = z.strictObject({ ...sealed, address: z.string().regex(/^0x[0-9a-f]{40}$/) });
const sealingKey = z.strictObject({ ...sealed, sealingKey: z.string().regex(/^0x[0-9a-f]{64}$/) });
const storedKey = z.union([signingKey, sealingKey]);

/** A key as its file holds it: one that signs, by its address, or one that is sealed to, by its public half. */
export type StoredKey = z.infer<typeof storedKey>;
/** The half that everybody may know. */
export type PublicHalf = { readonly address: string } | { readonly sealingKey: string };

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

function keyFrom(passphrase: string, { n, salt }: { n: number; salt: string }): Promise<Buffer> {
  return derive(passphrase, Buffer.from(salt, "hex"), 32, { N: n, r: 8, p: 1, maxmem: 256 * n * 8 });
}

/** The key, under a passphrase; its public half can't be changed without being noticed. */
export async function encryptKey(parts: {
  readonly key: Hex;
  readonly half: PublicHalf;
  readonly passphrase: Passphrase;
}): Promise<StoredKey> {
  const { key, half, passphrase } = parts;
  const n = passphrase.isGenerated ? SCRYPT_N_GENERATED : SCRYPT_N_CHOSEN;
  const salt = randomBytes(32).toString("hex");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await keyFrom(passphrase.text.expose(), { n, salt }), iv);
  cipher.setAAD(textOf(half));
  const text = Buffer.concat([cipher.update(Buffer.from(key.slice(2), "hex")), cipher.final()]).toString("hex");
  const tag = cipher.getAuthTag().toString("hex");
  return {
    version: 1,
    ...half,
    kdf: { name: "scrypt", n, r: 8, p: 1, salt },
    cipher: { name: "aes-256-gcm", iv: iv.toString("hex"), tag, text },
  };
}

/** Undefined when the passphrase is wrong, or the file was changed: the tag can't tell which. */
export async function decryptKey(stored: StoredKey, passphrase: Passphrase): Promise<Hex | undefined> {
  const { iv, tag, text } = stored.cipher;
  const secret = await keyFrom(passphrase.text.expose(), stored.kdf);
  const decipher = createDecipheriv("aes-256-gcm", secret, Buffer.from(iv, "hex"));
  decipher.setAAD(textOf(stored));
  decipher.setAuthTag(Buffer.from(tag, "hex"));
  const plain = decipher.update(Buffer.from(text, "hex"));
  try {
    return `0x${Buffer.concat([plain, decipher.final()]).toString("hex")}`;
  } catch (error) {
    if (error instanceof Error && /unable to authenticate/i.test(error.message)) return undefined;
    throw error;
  }
}

/** Throws CLI_BAD_FILE. */
export function parseKeyFile(text: string, file: string): StoredKey {
  const parsed = storedKey.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is not a key of this keystore" });
}

function textOf(half: PublicHalf): Buffer {
  return Buffer.from("address" in half ? half.address : half.sealingKey);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
