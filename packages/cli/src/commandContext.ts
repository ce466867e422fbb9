import { createLogger, type Logger, type Shutdown } from "@cortensor/runtime";
import { DEFAULT_HOME, type HomePaths, homePaths } from "./home/homePaths.js";
import { createKeystore, type Keystore } from "./home/keystore.js";
import { createPassphrase } from "./home/passphrase.js";
import type { Output } from "./output.js";

export type Env = Readonly<Record<string, string | undefined>>;

/** What every command is given: the only things it knows of the world. */
export type CommandContext = {
  readonly env: Env;
  readonly paths: HomePaths;
  readonly output: Output;
  readonly shutdown: Shutdown;
  /** A keystore of this home; on a local network its passphrase may be made here. */
  keystore(options: { readonly mayGenerate: boolean }): Keystore;
  log(name: string): Logger;
};

export type GlobalOptions = { readonly home?: string; readonly json?: boolean };

export function createCommandContext(parts: {
  readonly env: Env;
  readonly options: GlobalOptions;
  readonly output: Output;
  readonly shutdown: Shutdown;
  readonly ask: (() => Promise<string>) | undefined;
}): CommandContext {
  const { env, output, shutdown, ask } = parts;
  const paths = homePaths(parts.options.home ?? env.CORTENSOR_HOME ?? DEFAULT_HOME);
  return {
    env,
    paths,
    output,
    shutdown,
    keystore: ({ mayGenerate }) =>
      createKeystore({
        folder: paths.keys,
        passphrase: createPassphrase({ env, file: paths.passphrase, ask, mayGenerate }),
      }),
    log: (name) => createLogger({ name, level: toLevel(env.CORTENSOR_LOG), pretty: env.CORTENSOR_LOG_PRETTY === "1" }),
  };
}

function toLevel(text: string | undefined) {
  const levels = ["debug", "info", "warn", "error", "silent"] as const;
  return levels.find((level) => level === text) ?? "info";
}
