import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Where it is decided whether work is honest. Nothing here may know a way to cheat: what a checker is told of, it doesn't find. */
const CHECKER = [
  "packages/proof/src/check",
  "packages/proof/src/replay",
  "packages/proof/src/statistics",
  "packages/proof/src/calibration",
  "packages/proof/src/verdict",
  "packages/cli/src/check",
  "packages/node/src/validator",
];
const CHECK_COMMAND = "packages/cli/src/commands/check.ts";
const ADVERSARIES = ["packages/engine/src/adversary/index.ts", "packages/node/src/adversary/index.ts"];

/** Which of the adversaries' names a checker's file mentions, in words. */
export function blindnessProblems(file, text, names) {
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return used.map((name) => `${file}: a checker may not know of ${name}`);
}

/** What the adversaries' room exports: values and types. */
export function adversaryNames(text) {
  return [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) =>
    list
      .split(",")
      .map((name) => name.replace(/\btype\b/, "").trim())
      .filter(Boolean),
  );
}

export function blindness(root) {
  const read = (file) => readFileSync(path.join(root, file), "utf8");
  const names = ADVERSARIES.flatMap((file) => adversaryNames(read(file)));
  const files = CHECKER.flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`));
  const sources = [...files, CHECK_COMMAND].filter((file) => file.endsWith(".ts"));
  return sources.flatMap((file) => blindnessProblems(file, read(file), names));
}
