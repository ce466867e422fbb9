import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { GlobalOptions } from "../commandContext.js";
import { CHECKS } from "../doctor/checks.js";
import type { Act } from "../main.js";

/** `cortensor doctor`: what this machine can do, and what is missing. */
export function addDoctor(program: Command, act: Act): void {
  program
    .command("doctor")
    .description("Check what running a node here needs: Node, disk, memory, ports, engine, chain, Postgres.")
    .addHelpText("after", "\nExits with 1 when something needed is missing.\n\nExample:\n  $ cortensor doctor --json")
    .action((_options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const failed: string[] = [];
        for (const { name, check } of CHECKS) {
          const finding = await check(context).catch((error: unknown) => ({
            verdict: "bad" as const,
            says: error instanceof Error ? error.message : String(error),
          }));
          if (finding.verdict === "bad") failed.push(name);
          const mark = { good: "ok  ", warn: "note", bad: "BAD " }[finding.verdict];
          context.output.result([`${mark}  ${name.padEnd(9)} ${finding.says}`], { check: name, ...finding });
        }
        if (failed.length > 0) throw new CliError({ code: "CLI_UNHEALTHY", failed });
      }),
    );
}
