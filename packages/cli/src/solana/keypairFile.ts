import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createKeyPairSignerFromBytes, createKeyPairSignerFromPrivateKeyBytes, type KeyPairSigner } from "@solana/kit";
import { z } from "zod";
import { CliError } from "../cliError.js";

const keypair = z.array(z.int().min(0).max(255)).length(64);

/** Reads a key as Solana's own tools keep one: 64 numbers in a file, the secret half first. Throws CLI_BAD_FILE. */
export async function readKeypair(file: string): Promise<KeyPairSigner> {
  try {
    return await createKeyPairSignerFromBytes(Uint8Array.from(keypair.parse(JSON.parse(await readFile(file, "utf8")))));
  } catch {
    // The cause is left out: what was parsed may be in it.
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "holds no Solana key" });
  }
}

/** Makes a key in a new file of that form, for its owner's eyes alone. Throws CLI_KEY_EXISTS for a file that is there. */
export async function makeKeypair(file: string): Promise<KeyPairSigner> {
  const secret = randomBytes(32);
  const signer = await createKeyPairSignerFromPrivateKeyBytes(secret);
  const half = new Uint8Array(await crypto.subtle.exportKey("raw", signer.keyPair.publicKey));
  try {
    await writeFile(file, `${JSON.stringify([...secret, ...half])}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new CliError({ code: "CLI_KEY_EXISTS", key: file });
    throw error;
  }
  return signer;
}
