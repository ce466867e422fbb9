import type { CheatRuns, RunCounts } from "../calibration/calibration.js";
import type { WindowThresholds } from "../check/judgeScore.js";
import { addScores, figuresOf, scoreOf } from "../check/taskScore.js";
import { bootstrapInterval } from "../statistics/bootstrap.js";
import type { Random } from "../statistics/random.js";
import { areaUnderRoc, rocCurve } from "../statistics/roc.js";
import type { CheckedSequence } from "./runArm.js";
import { countSuspects, windowsOf } from "./setThresholds.js";

/** Points of a curve that a file keeps: enough to draw it. */
const ROC_POINTS = 33;

export function countRuns(sequences: readonly CheckedSequence[]): RunCounts {
  const total = addScores(sequences.map(({ tokens }) => scoreOf(tokens)));
  return {
    sequences: sequences.length,
    tokensLeast: Math.min(...sequences.map(({ tokens }) => tokens.length)),
    tokens: total.tokens,
    families: new Set(sequences.map(({ family }) => family)).size,
    entropyNatsPerToken: total.tokens === 0 ? 0 : total.entropyNats / total.tokens,
  };
}

/** What an arm's windows show against the honest ones, for each length that has thresholds. */
export function summariseCheat(parts: {
  readonly name: string;
  readonly sequences: readonly CheckedSequence[];
  readonly honest: readonly CheckedSequence[];
  readonly windows: readonly WindowThresholds[];
  readonly random: Random;
}): CheatRuns {
  const { name, sequences, honest, windows, random } = parts;
  return {
    name,
    ...countRuns(sequences),
    windows: windows.flatMap((window) => {
      const figures = (some: readonly CheckedSequence[]) =>
        some.flatMap((sequence) => windowsOf(sequence, window.tokens)).map(figuresOf);
      const [ours, theirs] = [figures(honest), figures(sequences)];
      if (ours.length === 0 || theirs.length === 0) return [];
      const margins = [ours, theirs].map((some) => some.map((one) => one.meanMarginNats)) as [number[], number[]];
      const logprobs = [ours, theirs].map((some) => some.map((one) => one.meanLogprobErrorNats)) as [
        number[],
        number[],
      ];
      const detectionOf = (drawn: readonly CheckedSequence[]): number => {
        const { windows: all, suspected } = countSuspects(drawn, window);
        return all === 0 ? 0 : suspected / all;
      };
      const interval = bootstrapInterval(sequences, { statistic: detectionOf, random });
      return [
        {
          tokens: window.tokens,
          windows: theirs.length,
          marginArea: areaUnderRoc(...margins),
          logprobArea: areaUnderRoc(...logprobs),
          marginRoc: thinCurve(rocCurve(...margins)),
          detection: detectionOf(sequences),
          detectionLow: interval.low,
          detectionHigh: interval.high,
        },
      ];
    }),
  };
}

/** The ends, and points evenly between them. */
function thinCurve(
  curve: ReturnType<typeof rocCurve>,
): readonly { readonly falseAlarms: number; readonly detection: number }[] {
  const last = curve.length - 1;
  const places =
    curve.length <= ROC_POINTS
      ? curve.map((_, index) => index)
      : Array.from({ length: ROC_POINTS }, (_, index) => Math.round((index * last) / (ROC_POINTS - 1)));
  return places.flatMap((place) => {
    const point = curve[place];
    return point === undefined ? [] : [{ falseAlarms: point.falseAlarms, detection: point.detection }];
  });
}
