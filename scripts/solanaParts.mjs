import { runVitest } from "./runners.mjs";

/** What the program for tasks over Solana, its clients and its machine are made of. */
export const SOLANA_SOURCES = [
  ...["protocol/src", "chain/src/solana"].map((folder) => `packages/${folder}`),
  ...["src", "test", "program"].map((folder) => `packages/rollup/${folder}`),
];

const TESTS = ["say the same", "arbitrary bytes", "nearly right"];

export const SOLANA_PARTS = [
  { name: "made again", run: rebuild },
  ...TESTS.map((name) => ({
    name,
    run: () =>
      runVitest(["packages/rollup/test/taskTraces", "-t", name, "--testTimeout=1500000"], {
        env: { CORTENSOR_DEEP: "solana" },
      }),
  })),
];

/** Compiles the program and compares; says loudly, and in its record, where there is nothing to compile with. */
async function rebuild() {
  const { buildProgram, compilerVersion, COMPILER, readRecord, sha256 } = await import(
    "../packages/rollup/program/build.mjs"
  );
  const version = compilerVersion();
  if (version === undefined) {
    console.log(`!! NOT RUN: ${COMPILER} isn't installed here (Debian: apt-get install ${COMPILER})`);
    return { passed: 0, failed: 0, [COMPILER]: "not installed, not run" };
  }
  const isSame = sha256(buildProgram()) === readRecord().sha256;
  console.log(`${version} ${isSame ? "makes" : "DOESN'T make"} the committed program of its sources`);
  return { passed: isSame ? 1 : 0, failed: isSame ? 0 : 1, [COMPILER]: version };
}
