import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type EmbeddedModel, embeddedModels, readModelId } from "@cortensor/engine";
import { encodeCalibrationFile, findPair, parseCalibrationFile, signCalibration } from "@cortensor/proof";
import type { Bytes32 } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { publishedCalibration, readCalibration } from "../src/check/chooseCalibration.js";

const FOREIGN: Bytes32 = `0x${"66".repeat(32)}`;
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** The embedded model's record over a copy of the folder, so that files may be changed. */
async function aCopy(): Promise<EmbeddedModel> {
  const folder = await mkdtemp(join(tmpdir(), "calibrations-"));
  folders.push(folder);
  const { chat } = await embeddedModels();
  const files = ["manifest.json", ...chat.calibrations.map(({ path }) => basename(path))];
  for (const file of files) await cp(join(dirname(chat.path), file), join(folder, file));
  return (await embeddedModels(folder)).chat;
}

async function published() {
  const record = await aCopy();
  const { path: modelPath } = (await embeddedModels()).chat;
  const [first] = record.calibrations;
  if (first === undefined) throw new Error("the embedded model has no calibration");
  const modelId = await readModelId(modelPath);
  return { record, modelId, minerClass: first.kernelClasses[0], kernelClass: first.kernelClasses[1], path: first.path };
}

describe("the calibration that comes with the embedded model", () => {
  it("is signed, is the one that the record names, and is chosen where its kernel class checks", async () => {
    const { record, modelId, minerClass, kernelClass } = await published();
    const chosen = await publishedCalibration(record, { modelId, kernelClass });
    const pair = findPair(chosen, { minerClass, checkerClass: kernelClass, temperature: 1 });
    expect(pair?.windows.length).toBeGreaterThan(0);
    expect(chosen?.pairs.every(({ checkerClass }) => checkerClass === kernelClass)).toBe(true);
  });

  it("is none on a machine of another kernel class, and speaks of no other miners' class", async () => {
    const { record, modelId, kernelClass } = await published();
    expect(await publishedCalibration(record, { modelId, kernelClass: FOREIGN })).toBeUndefined();
    const chosen = await publishedCalibration(record, { modelId, kernelClass });
    expect(findPair(chosen, { minerClass: FOREIGN, checkerClass: kernelClass, temperature: 1 })).toBeUndefined();
  });

  it("is refused by name when the file is another than the record's, well signed or not", async () => {
    const { record, modelId, kernelClass, path } = await published();
    const { calibration } = parseCalibrationFile(await readFile(path, "utf8"));
    const milder = {
      ...calibration,
      pairs: calibration.pairs.map((pair) => ({
        ...pair,
        windows: pair.windows.map((window) => ({ ...window, meanMarginNats: 8 })),
      })),
    };
    await writeFile(path, encodeCalibrationFile(signCalibration(milder, `0x${"11".repeat(32)}`)));
    const choosing = publishedCalibration(record, { modelId, kernelClass });
    const problem = "it isn't the one that the model's record names";
    await expect(choosing).rejects.toMatchObject({ data: { code: "CLI_BAD_FILE", file: path, problem } });

    await writeFile(path, JSON.stringify({ calibration: milder }));
    const unsigned = publishedCalibration(record, { modelId, kernelClass });
    await expect(unsigned).rejects.toMatchObject({ data: { file: path, problem: "is no signed calibration" } });
    await rm(path);
    const gone = publishedCalibration(record, { modelId, kernelClass });
    await expect(gone).rejects.toMatchObject({ data: { file: path, problem: "can't be read" } });
  });

  it("is refused for another model, and so is one that was handed over by name", async () => {
    const { record, kernelClass, path } = await published();
    const problem = "it was measured with another model";
    const choosing = publishedCalibration(record, { modelId: FOREIGN, kernelClass });
    await expect(choosing).rejects.toMatchObject({ data: { file: path, problem } });
    await expect(readCalibration(path, { modelId: FOREIGN })).rejects.toMatchObject({ data: { file: path, problem } });
  });
});
