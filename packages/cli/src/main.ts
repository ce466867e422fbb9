import { CodedError } from "@cortensor/protocol";
import { createShutdown, dieWithParent, systemClock } from "@cortensor/runtime";
import { Command, CommanderError } from "commander";
import { CliError } from "./cliError.js";
import { type CommandContext, createCommandContext, type Env, type GlobalOptions } from "./commandContext.js";
import { createAskPassphrase } from "./home/askPassphrase.js";
import { type AddCommand, commandsToLoad, loadCommands } from "./loadCommands.js";
import { onReaderGone } from "./onReaderGone.js";
import { createOutput, type Output } from "./output.js";
import { reportToParent } from "./reportToParent.js";
import { VERSION } from "./version.js";

/** Runs a command's work with what it may know, and ends the process with its outcome. */
export type Act = (options: GlobalOptions, work: (context: CommandContext) => Promise<void>) => Promise<void>;

/** Ending a whole network takes its children's time, one after the other. */
const SHUTDOWN_MS = 40_000;

/** The command line: parses, runs one command, and exits. */
export async function main(argv: readonly string[], env: Env): Promise<void> {
  const names = commandsToLoad(argv.slice(2));
  const isJson = argv.includes("--json");
  const run: Act = (options, work) => act({ env, options, work });
  const program = createProgram(run, await loadCommands(names), { isQuiet: isJson });
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
    if (isJson && error.exitCode !== 0) createProcessOutput(true).fail(usageError(error));
  }
}

/** What commander says of a command line that it can't read. */
export function usageError({ code, message }: CommanderError): CliError {
  const problem =
    code === "commander.help" ? "no command is named; --help lists them" : message.replace(/^error: /, "");
  return new CliError({ code: "CLI_USAGE", problem });
}

/** `isQuiet`: says nothing of a bad command line, which the caller then does. */
export function createProgram(
  act: Act,
  commands: readonly AddCommand[],
  { isQuiet }: { readonly isQuiet: boolean } = { isQuiet: false },
): Command {
  const program = new Command("cortensor")
    .description("Run, join and use a Cortensor network: strangers' machines run open AI models, paid on chain.")
    .version(VERSION)
    .option("--home <folder>", "where keys, data and logs live (CORTENSOR_HOME; default ~/.cortensor)")
    .option("--json", "one JSON object a line instead of sentences")
    .showHelpAfterError("(cortensor <command> --help says more)")
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  if (isQuiet) program.configureOutput({ writeErr: () => undefined });
  for (const add of commands) add(program, act);
  return program;
}

const EXAMPLES = `
Examples:
  $ cortensor up                                    a whole network on this machine, with an API key to use
  $ cortensor chat "What is a receipt?"             ask it
  $ cortensor receipt verify <task id>              check what it cost, against the chain alone
  $ cortensor miner --network http://10.0.0.5:8080  join a network from another machine, and be paid
  $ cortensor doctor                                what this machine can do, and what is missing`;

async function act(parts: {
  readonly env: Env;
  readonly options: GlobalOptions;
  readonly work: (context: CommandContext) => Promise<void>;
}): Promise<void> {
  const { env, options, work } = parts;
  const output = createProcessOutput(options.json === true);
  const shutdown = createShutdown({ timeoutMs: SHUTDOWN_MS });
  const ask = createAskPassphrase(process.stdin, (text) => void process.stderr.write(text));
  const context = createCommandContext({ env, options, output, shutdown, ask });
  listenForTheEnd(context);
  let code = 0;
  try {
    await work(context);
  } catch (error) {
    if (!shutdown.signal.aborted) {
      code = 1;
      output.fail(error);
      reportToParent({ kind: "failed", message: error instanceof CodedError ? error.message : String(error) });
    }
  }
  const { failed, timedOut } = await shutdown.run("the command is done");
  for (const { name, error } of failed)
    output.warn("release.failed", `Ending ${name} failed: ${String(error)}`, { name });
  for (const name of timedOut) output.warn("release.late", `Ending ${name} took too long`, { name });
  process.exit(code);
}

function createProcessOutput(isJson: boolean): Output {
  return createOutput({
    isJson,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    nowMs: () => performance.now(),
  });
}

/** A signal, or a supervising parent's death, ends the command in order; a second signal at once. */
function listenForTheEnd({ shutdown, output }: CommandContext): void {
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      asked += 1;
      if (asked > 1 && signal === "SIGINT") process.exit(130);
      if (asked === 1 && process.send === undefined) output.progress("stopping", "Stopping");
      void shutdown.run(signal);
    });
  }
  onReaderGone([process.stdout, process.stderr], () => void shutdown.run("nobody reads its output"));
  if (process.send === undefined) return;
  dieWithParent({ clock: systemClock, signal: shutdown.signal, onDeath: (how) => void shutdown.run(how) });
}
