import { OWN_POLICY, parseSinkTarget, type SinkReport, type SinkTarget, showSink, testSink } from "@cortensor/data";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { readSinkTarget, SINK_TARGETS } from "../readSinkTarget.js";

/** `cortensor sink`: a place for a session's prompts, results, usage and receipts, before a session is given it. */
export function addSink(program: Command, act: Act): void {
  const sink = program
    .command("sink")
    .description("Try out a database or webhook of your own for a session's records.");
  sink
    .command("test <target>")
    .description("Connect, and try to make its tables without leaving any; --create makes them. No record is written.")
    .option("--create", "make the tables, or bring them up to date")
    .addHelpText("after", `${SINK_TARGETS}\n\nExample:\n  $ cortensor sink test sqlite:answers.db --create`)
    .action((target: string, { create = false }: { readonly create?: boolean }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const parts = { policy: OWN_POLICY, signal: context.shutdown.signal, creates: create };
        say(context, await testSink(await readTarget(target), parts));
      }),
    );
  sink
    .command("show <target>")
    .description("Say which version its tables are of, and how much they hold. Writes nothing.")
    .addHelpText("after", `${SINK_TARGETS}\n\nExample:\n  $ cortensor sink show postgres://me@localhost/app`)
    .action((target: string, _options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const parts = { policy: OWN_POLICY, signal: context.shutdown.signal };
        say(context, await showSink(await readTarget(target), parts));
      }),
    );
}

async function readTarget(argument: string): Promise<SinkTarget> {
  return parseSinkTarget(await readSinkTarget(argument));
}

function say({ output }: CommandContext, report: SinkReport): void {
  const { sink, schema, version, sessions, records } = report;
  const holds = records === undefined ? [] : [`records:  ${records} of ${sessions} sessions`];
  output.result([`sink:     ${sink}`, `tables:   ${schema}`, `version:  ${version}`, ...holds], report);
}
