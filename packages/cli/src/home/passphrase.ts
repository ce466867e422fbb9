import { randomBytes } from "node:crypto";
import { Secret } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import { readFileIfThere, writeFileWhole } from "./writeFileWhole.js";

export type Passphrase = { readonly text: Secret<string>; readonly isGenerated: boolean };

export type PassphraseParts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a generated one lies. */
  readonly file: string;
  /** Asks a person; undefined where nobody can be asked. */
  readonly ask: (() => Promise<string>) | undefined;
  /** Local networks' money is play money: their passphrase may be made here and kept beside the keys. */
  readonly mayGenerate: boolean;
};

/** Finds what opens the keystore, once: the environment, the file of an earlier start, a person, or, on a local network, a new file. */
export function createPassphrase(parts: PassphraseParts): () => Promise<Passphrase> {
  let known: Promise<Passphrase> | undefined;
  return () => {
    known ??= findPassphrase(parts);
    return known;
  };
}

async function findPassphrase({ env, file, ask, mayGenerate }: PassphraseParts): Promise<Passphrase> {
  const given = env.CORTENSOR_PASSPHRASE;
  if (given !== undefined && given !== "") return { text: new Secret(given), isGenerated: false };
  const kept = (await readFileIfThere(file))?.trim();
  if (kept !== undefined && kept !== "") return { text: new Secret(kept), isGenerated: true };
  if (mayGenerate) {
    const made = randomBytes(32).toString("hex");
    await writeFileWhole(file, `${made}\n`);
    return { text: new Secret(made), isGenerated: true };
  }
  const typed = ask === undefined ? "" : await ask();
  if (typed !== "") return { text: new Secret(typed), isGenerated: false };
  throw new CliError({ code: "CLI_NO_PASSPHRASE", hint: "set CORTENSOR_PASSPHRASE, or run this in a terminal" });
}
