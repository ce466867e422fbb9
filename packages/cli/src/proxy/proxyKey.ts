import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CliError } from "../cliError.js";
import type { Env } from "../commandContext.js";

/** The key that programs show to a proxy. Given ones are compared, and never said again. */
export type ProxyKey = {
  readonly isKey: (bearer: string) => boolean;
  /** One that was made now: to be said once. */
  readonly made?: string;
};

/** Sixteen characters hold enough that nobody tries them all; no header's key is longer than 512. */
const KEY = /^[\x21-\x7e]{16,512}$/;
/** A file of more is no key's. */
const FILE_CHARS_MAX = 4_096;

/** From `PROXY_KEY`, or the file that `PROXY_KEY_FILE` names; else a new one. Throws CLI_BAD_ARGUMENT, CLI_BAD_FILE. */
export async function findProxyKey(env: Env): Promise<ProxyKey> {
  const { PROXY_KEY: given, PROXY_KEY_FILE: file } = env;
  if (given !== undefined && given !== "") {
    if (KEY.test(given)) return { isKey: equals(given) };
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "PROXY_KEY", expected: EXPECTED });
  }
  if (file !== undefined && file !== "") {
    const kept = await readKey(file);
    if (KEY.test(kept)) return { isKey: equals(kept) };
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: `doesn't hold ${EXPECTED}` });
  }
  const made = `cp-${randomBytes(32).toString("base64url")}`;
  return { isKey: equals(made), made };
}

const EXPECTED = "a key of 16 to 512 printable characters, without spaces";

async function readKey(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).slice(0, FILE_CHARS_MAX).trim();
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  }
}

/** Takes the same time for every key of one length, and keeps no key. */
function equals(key: string): (bearer: string) => boolean {
  const expected = hashOf(key);
  return (bearer) => timingSafeEqual(hashOf(bearer), expected);
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
