import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wilsonInterval } from "@cortensor/proof";
import { ROOT } from "../../scripts/run.mjs";

/** Honest answers that all tiers accused, of those that `npm run deep -- accused` has tried so far; no row where there are none. */
export async function readAccused({ say }) {
  const file = join(ROOT, "bench", "results", "deep-accused.json");
  if (!existsSync(file)) {
    say("accused: nothing tried yet, see npm run deep -- accused");
    return [];
  }
  const { answers, tokens, suspected, replayed, accused, commit, machine } = JSON.parse(readFileSync(file, "utf8"));
  const tried = { answers, tokens, suspected, replayed, accused, triedAt: { commit, machine } };
  const suspicions = wilsonInterval(suspected, answers);
  const share = { value: accused / answers, unit: "share", ...wilsonInterval(accused, answers) };
  return [{ metric: "accused", ...share, ...tried, suspicions }];
}
