// Measures the embedded chat model on this machine, and puts the calibration beside the model files and into the manifest.
// Usage: node models/calibrate.mjs [--from <file>] [options of 'cortensor calibrate']
// With --from it takes one that was made before, by whoever is to be believed: on a machine of another kernel class, for example.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedModels } from "../packages/engine/dist/index.js";
import {
  calibrationHash,
  encodeCalibrationFile,
  isLargeEnough,
  parseCalibrationFile,
} from "../packages/proof/dist/index.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const CLASS_CHARACTERS = 8;

const [flag, from, ...rest] = process.argv.slice(2);
const source = flag === "--from" ? from : measure(process.argv.slice(2));
const signed = parseCalibrationFile(readFileSync(source, "utf8"));
if (flag === "--from" && rest.length > 0) throw new Error(`with --from nothing is measured: ${rest.join(" ")}`);
publish(signed, (await embeddedModels(HERE)).chat);

function measure(options) {
  const out = join(tmpdir(), `cortensor-${process.pid}.calibration.json`);
  const command = join(HERE, "..", "packages", "cli", "bin", "cortensor.mjs");
  execFileSync(process.execPath, [command, "calibrate", ...options, "--out", out], { stdio: "inherit" });
  return out;
}

function publish(signed, { path, sha256 }) {
  const { calibration } = signed;
  const [pair, ...others] = calibration.pairs;
  if (calibration.fileSha256 !== sha256) throw new Error("the calibration is of another file than the embedded model");
  if (pair === undefined || others.length > 0) throw new Error("one file holds one pair of kernel classes");
  const kernelClasses = [pair.minerClass, pair.checkerClass];
  const name = `${path.slice(HERE.length + 1).replace(/\.gguf$/, "")}.${kernelClasses.map(short).join("-")}.calibration.json`;
  const manifestPath = join(HERE, "manifest.json");
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
  const file = manifest.files.find((one) => one.sha256 === sha256);
  const kept = (file.calibrations ?? []).filter((one) => one.kernelClasses.join() !== kernelClasses.join());
  file.calibrations = [...kept, { kernelClasses, path: name, hash: calibrationHash(calibration) }];
  write(join(HERE, name), encodeCalibrationFile(signed));
  const curves = curvesBeside(source);
  if (existsSync(curves)) write(join(HERE, curvesBeside(name)), readFileSync(curves));
  write(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { honest, cheats } = pair;
  const least = Math.min(...cheats.map(({ sequences }) => sequences));
  console.log(
    `models/${name}: ${honest.sequences} honest answers of at least ${honest.tokensLeast} tokens, ${least} of each cheat`,
  );
  console.log(
    isLargeEnough(pair)
      ? "Enough for verdicts that take stake."
      : "Too few for verdicts that take stake: it raises doubts.",
  );
}

/** Where `cortensor calibrate` draws a file's curves. */
function curvesBeside(file) {
  return file.replace(/\.json$/, ".svg");
}

function short(kernelClass) {
  return kernelClass.slice(2, 2 + CLASS_CHARACTERS);
}

/** Whole or not at all. */
function write(path, text) {
  writeFileSync(`${path}.partial`, text);
  renameSync(`${path}.partial`, path);
}
