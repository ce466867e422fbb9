import { runVitest } from "./runners.mjs";

/** What the program for tasks over Solana, its clients and its machine are made of. */
export const SOLANA_SOURCES = [
  ...["protocol/src", "chain/src/solana"].map((folder) => `packages/${folder}`),
  ...["src", "test", "program"].map((folder) => `packages/rollup/${folder}`),
];

/** Tests of the program, and how often each is run: a part is some minutes' work, and draws its own. */
const TESTS = { "say the same": 4, "arbitrary bytes": 1, "nearly right": 1 };

export const SOLANA_PARTS = [
  { name: "made again", run: rebuild },
  ...Object.entries(TESTS).flatMap(([test, count]) =>
    Array.from({ length: count }, (_, part) => ({
      name: count === 1 ? test : `${test}, ${part + 1} of ${count}`,
      run: () =>
        runVitest(["packages/rollup/test/taskTraces", "-t", test, "--testTimeout=1500000"], {
          env: { CORTENSOR_DEEP: "solana" },
        }),
    })),
  ),
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
