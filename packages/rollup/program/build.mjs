// Compiles the program for tasks with Debian's clang, and compares it with the one that is committed. `--write` commits to another.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { link } from "./link.mjs";

/** The compiler of record: another version makes other bytes of the same sources. */
export const COMPILER = "clang-19";
const HERE = new URL(".", import.meta.url);
const SO = new URL("program.so", HERE);
const RECORD = new URL("program.json", HERE);
// Frames of 4 KiB are Solana's; there are no libraries, and no tables of jumps, which would be pointers into code.
const FLAGS = [
  ...["-target", "bpf", "-mcpu=v2", "-O2", "-ffreestanding", "-fno-builtin", "-fno-jump-tables"],
  ...["-mllvm", "-bpf-stack-size=4096", "-Wall", "-Wextra", "-Werror"],
];

/** The compiler's version; undefined where it isn't installed. */
export function compilerVersion() {
  const asked = spawnSync(COMPILER, ["--version"], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.split("\n")[0].trim() : undefined;
}

/** The program, made of its sources. */
export function buildProgram() {
  const folder = mkdtempSync(join(tmpdir(), "solana-program-"));
  try {
    const object = join(folder, "program.o");
    execFileSync(COMPILER, [...FLAGS, "-c", "program.c", "-o", object], { cwd: HERE, stdio: "inherit" });
    return link(readFileSync(object));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const readRecord = () => JSON.parse(readFileSync(RECORD, "utf8"));

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const version = compilerVersion();
  if (version === undefined) {
    console.error(`${COMPILER} isn't installed: the program is NOT rebuilt (Debian: apt-get install ${COMPILER}).`);
    process.exit(process.argv.includes("--skip") ? 0 : 1);
  }
  const built = buildProgram();
  if (process.argv.includes("--write")) {
    writeFileSync(SO, built);
    writeFileSync(RECORD, `${JSON.stringify({ sha256: sha256(built), bytes: built.length, compiler: version }, null, 2)}\n`);
    console.log(`program.so: ${built.length} bytes, ${sha256(built)}`);
  } else if (sha256(built) !== readRecord().sha256) {
    console.error(`${version} makes ${sha256(built)} of the sources; program.so was made by ${readRecord().compiler}.`);
    process.exit(1);
  } else console.log(`program.so is what ${version} makes of its sources: ${sha256(built)}`);
}
