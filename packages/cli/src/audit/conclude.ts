import type { Difference } from "@cortensor/books";
import { CliError } from "../cliError.js";
import type { CommandContext } from "../commandContext.js";
import { formatMissing, type Missing } from "./missing.js";

/** Shows what was found and what wasn't there; fails with the differences when there are any. */
export function conclude(
  { output }: CommandContext,
  parts: {
    readonly lines: readonly string[];
    readonly data: Readonly<Record<string, unknown>>;
    readonly differences: readonly Difference[];
    readonly missing?: readonly Missing[];
  },
): void {
  const { lines, data, differences, missing } = parts;
  const said = [...lines, ...(missing ?? []).map(formatMissing), differences.length === 0 ? "Nothing differs." : ""];
  output.result(said, { ...data, differences, ...(missing === undefined ? {} : { missing }) });
  if (differences.length === 0) return;
  throw new CliError({ code: "CLI_AUDIT_DIFFERS", differences: differences.map(formatDifference) });
}

function formatDifference({ what, where, expected, found }: Difference): string {
  return `${what}: ${where}: expected ${expected}, found ${found}`;
}
