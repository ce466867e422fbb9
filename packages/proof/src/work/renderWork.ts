import { WORK, WORK_KINDS } from "./workKinds.js";

/** The table as `docs/PROOF.md` shows it. */
export function renderWork(): string {
  const yes = (is: boolean): string => (is ? "yes" : "no");
  const rows = WORK_KINDS.map((kind) => {
    const { says, isServed, check, dispute, maySlash, label, why } = WORK[kind];
    return `| ${says} | ${yes(isServed)} | ${check} | ${dispute} | ${yes(maySlash)} | ${label} | ${why} |`;
  });
  return [
    "| work | served | check (T1) | dispute (T2) | may slash | label | why |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
