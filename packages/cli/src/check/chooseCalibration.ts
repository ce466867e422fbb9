import { readFile } from "node:fs/promises";
import type { EmbeddedModel, Engine } from "@cortensor/engine";
import { type Calibration, calibrationHash, parseCalibrationFile } from "@cortensor/proof";
import { type Bytes32, hasCode } from "@cortensor/protocol";
import { CliError } from "../cliError.js";

/** Who checks, and with which model. */
export type CheckerFacts = Pick<ReturnType<Engine["describe"]>, "modelId" | "kernelClass">;

/** Thresholds that somebody hands to the checker: whoever signed them is believed because they were named. */
export async function readCalibration(file: string, { modelId }: Pick<CheckerFacts, "modelId">): Promise<Calibration> {
  const { calibration } = await readSigned(file);
  if (calibration.modelId !== modelId) throw badFile(file, "it was measured with another model");
  return calibration;
}

/**
 * The thresholds that come with the checker's model for its kernel class, of all miners' classes that were measured; undefined where there are none. Only the record
 * is believed: a file that isn't the one it names is refused.
 */
export async function publishedCalibration(
  record: Pick<EmbeddedModel, "calibrations" | "sha256">,
  { modelId, kernelClass }: CheckerFacts,
): Promise<Calibration | undefined> {
  const fitting = record.calibrations.filter(({ kernelClasses }) => kernelClasses[1] === kernelClass);
  const read = await Promise.all(
    fitting.map(async ({ path, hash, kernelClasses }) => {
      const { calibration } = await readSigned(path);
      if (calibrationHash(calibration) !== hash) throw badFile(path, "it isn't the one that the model's record names");
      if (calibration.modelId !== modelId || calibration.fileSha256 !== record.sha256) {
        throw badFile(path, "it was measured with another model");
      }
      return { ...calibration, pairs: calibration.pairs.filter((pair) => isOf(pair, kernelClasses)) };
    }),
  );
  const [first, ...rest] = read;
  return first && { ...first, pairs: [first, ...rest].flatMap(({ pairs }) => pairs) };
}

function isOf(pair: Calibration["pairs"][number], [miner, checker]: readonly [Bytes32, Bytes32]): boolean {
  return pair.minerClass === miner && pair.checkerClass === checker;
}

async function readSigned(file: string): Promise<ReturnType<typeof parseCalibrationFile>> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
  try {
    return parseCalibrationFile(text);
  } catch (cause) {
    if (!hasCode(cause, "PROOF_BAD_CALIBRATION")) throw cause;
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is no signed calibration" }, { cause });
  }
}

function badFile(file: string, problem: string): CliError {
  return new CliError({ code: "CLI_BAD_FILE", file, problem });
}
