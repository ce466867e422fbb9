import { createShutdown } from "@cortensor/runtime";
import { type CommandContext, createCommandContext } from "../src/commandContext.js";
import { commandsToLoad, loadCommands } from "../src/loadCommands.js";
import { createProgram } from "../src/main.js";
import { createOutput } from "../src/output.js";

/** What a command of a home works with; what it prints is added to `said`, as JSON. */
export function contextIn(
  home: string,
  { said = [], env = {} }: { readonly said?: string[]; readonly env?: Readonly<Record<string, string>> } = {},
): CommandContext {
  return createCommandContext({
    env: { CORTENSOR_PASSPHRASE: "a passphrase for tests", ...env },
    options: { home, json: true },
    output: createOutput({
      isJson: true,
      write: (text) => void said.push(text),
      writeError: (text) => void said.push(text),
      nowMs: () => 0,
    }),
    shutdown: createShutdown({ timeoutMs: 1_000 }),
    ask: undefined,
  });
}

/** Runs a command, named first, and resolves to the last object that it prints. */
export async function runInHome(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const said: string[] = [];
  const commands = await loadCommands(commandsToLoad(args.slice(0, 1)));
  const program = createProgram((_options, work) => work(contextIn(home, { said, env })), commands);
  await program.parseAsync(["node", "cortensor", ...args]);
  return JSON.parse(said.at(-1) ?? "null");
}
