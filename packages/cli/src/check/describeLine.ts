import { figuresOf } from "@cortensor/proof";
import type { CheckLine } from "./checkTask.js";

/** Whether a verdict is one that somebody should look at. Too short and uncalibrated say nothing against anyone. */
export function isFinding({ verdict }: CheckLine): boolean {
  return verdict.kind === "fault" || verdict.kind === "suspect" || verdict.kind === "withheld";
}

/** A line for people: the task, whose it is, the verdict, and the figures that it rests on. */
export function describeLine(line: CheckLine): string {
  const who = line.miner === undefined ? "" : ` ${line.miner}`;
  const basis = line.isByMarginsAlone ? ", by margins alone: its miner was given up before its result" : "";
  return `${line.taskId}${who}: ${describeVerdict(line)}${basis}${describeScore(line)}`;
}

export function describeVerdict({ verdict }: CheckLine): string {
  switch (verdict.kind) {
    case "suspect":
      return `suspect by ${verdict.above.join(", ")}`;
    case "fault":
      return `fault: ${verdict.fault}${describeFault(verdict)}`;
    case "short":
      return `too short to judge alone (below ${verdict.tokensMin} tokens)`;
    case "withheld":
      return "withheld: no connected miner shows what it signed";
    case "unsigned":
      return "not checked: its miner was given up, and no checkpoint that it signed is shown";
    case "otherModel":
      return `of another model (${verdict.modelId})`;
    default:
      return verdict.kind;
  }
}

function describeFault(verdict: Extract<CheckLine["verdict"], { kind: "fault" }>): string {
  if ("reason" in verdict) return ` (${verdict.reason})`;
  if ("part" in verdict) return ` (${verdict.part})`;
  return "position" in verdict && verdict.position !== undefined ? ` differs at token ${verdict.position}` : "";
}

function describeScore({ score }: CheckLine): string {
  if (score === undefined || score.tokens === 0) return "";
  const { meanMarginNats, worstMarginNats, meanLogprobErrorNats } = figuresOf(score);
  const nats = (value: number): string => value.toPrecision(3);
  return ` · ${score.tokens} tokens, margin ${nats(meanMarginNats)} (worst ${nats(worstMarginNats)}), log-probabilities ${nats(meanLogprobErrorNats)}`;
}
