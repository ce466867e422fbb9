import { parseSinkTarget } from "@cortensor/data";
import type { Cortensor, SinkState } from "@cortensor/sdk";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { parseAccount } from "../parseArgument.js";
import { readSinkTarget, SINK_TARGETS } from "../readSinkTarget.js";
import { openWallet, type WalletOptions } from "../sessionWallet.js";

type Define = (parent: Command, name: string, description: string) => Command;

/** `cortensor session sink`: a place of the client's own that gets every task of a session. */
export function addSessionSink(session: Command, define: Define, act: Act): void {
  const sink = session
    .command("sink")
    .description("Have a session's prompts, results, usage and receipts written to a place of your own.");
  const command = (name: string, description: string) =>
    define(sink, name, description).argument("<account>", "the session's index", parseAccount);
  command("set", "Name the place, in place of one that it had. What waits goes to the new one.")
    .argument("<target>", "where to, or - for the standard input")
    .addHelpText(
      "after",
      `${SINK_TARGETS}\n\nThe router's operator keeps it encrypted, and may refuse files and private addresses. Try it first: cortensor sink test <target>\n\nExample:\n  $ cortensor session sink set 3 - < target.json`,
    )
    .action((account: number, target: string, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => set(context, { ...options, account, target })),
    );
  command("show", "Say where a session's records go, without its credentials.").action(
    (account: number, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, { ...options, account }, formatPlace)),
  );
  command("state", "Say how delivery stands: what waits, and what is wrong.").action(
    (account: number, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, { ...options, account }, formatState)),
  );
  command("remove", "End the recording. What waits is kept for the session's next sink.")
    .option("--discard", "give up what waits: nobody gets it")
    .action((account: number, options: RemoveOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => remove(context, { ...options, account })),
    );
}

type OfSession = WalletOptions & { readonly account: number };
type RemoveOptions = WalletOptions & { readonly discard?: boolean };

function open(context: CommandContext, options: OfSession): Promise<Cortensor> {
  return openWallet(context, options, 0n);
}

async function set(context: CommandContext, options: OfSession & { readonly target: string }): Promise<void> {
  const target = await readSinkTarget(options.target);
  // A target that can't be read doesn't leave this machine.
  parseSinkTarget(target);
  const client = await open(context, options);
  const sink = await client.setSink(target, { signal: context.shutdown.signal });
  context.output.result([`Session ${options.account} is recorded to ${sink.sink}.`, ...formatState(sink)], sink);
}

async function show(
  context: CommandContext,
  options: OfSession,
  format: (sink: SinkState) => readonly string[],
): Promise<void> {
  const client = await open(context, options);
  const sink = await client.sink({ signal: context.shutdown.signal });
  context.output.result(format(sink), sink);
}

async function remove(context: CommandContext, options: OfSession & RemoveOptions): Promise<void> {
  const client = await open(context, options);
  const ended = await client.removeSink({ discards: options.discard === true }, { signal: context.shutdown.signal });
  const { waiting, discarded } = ended;
  const rest =
    discarded > 0 ? `${countOf(discarded, "record")} given up` : `${countOf(waiting, "record")} kept for its next`;
  context.output.result([`Session ${options.account} has no sink any more; ${rest}.`], ended);
}

function formatPlace({ sink, session, setAtMs }: SinkState): readonly string[] {
  return [`sink:       ${sink}`, `in rows as: ${session}`, `set:        ${new Date(setAtMs).toISOString()}`];
}

function formatState(state: SinkState): readonly string[] {
  const { phase, waiting, deliveredThrough, failures, lastError, withheld, missing, isFull } = state;
  const faults = lastError === undefined ? [] : [`failures:   ${failures}, the last ${lastError}`];
  return [
    `phase:      ${phase}`,
    `waiting:    ${countOf(waiting, "record")}${isFull ? ": full, new tasks are refused" : ""}`,
    `delivered:  through ${deliveredThrough}`,
    ...faults,
    ...(withheld > 0 ? [`withheld:   ${countOf(withheld, "record")} went without texts`] : []),
    ...(missing > 0 ? [`missing:    ${countOf(missing, "record")} that the sink lacks and nobody keeps`] : []),
  ];
}
