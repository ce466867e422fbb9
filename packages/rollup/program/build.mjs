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

/** Says how it ended, and whether that is well. */
function run() {
  const version = compilerVersion();
  if (version === undefined)
    return [false, `${COMPILER} isn't installed: nothing is made (Debian: apt-get install ${COMPILER})`];
  const built = buildProgram();
  const hash = sha256(built);
  if (process.argv.includes("--write")) {
    writeFileSync(SO, built);
    writeFileSync(RECORD, `${JSON.stringify({ sha256: hash, bytes: built.length, compiler: version }, null, 2)}\n`);
    return [true, `program.so: ${built.length} bytes, ${hash}`];
  }
  if (hash === readRecord().sha256) return [true, `program.so is what ${version} makes of its sources: ${hash}`];
  return [false, `${version} makes ${hash} of the sources; program.so was made by ${readRecord().compiler}`];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [isWell, sentence] = run();
  process.stdout.write(`${sentence}\n`);
  process.exit(isWell ? 0 : 1);
}
