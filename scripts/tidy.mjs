import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const CODE = /\.(ts|tsx|mts|mjs|sol|py|c|h)$/;
const LINES_MAX = 400;
/** Only the embedded model's files and locks may be larger. */
const BYTES_MAX = 1_048_576;
const LARGE = /^(models\/.*\.(gguf|json)|package-lock\.json|packages\/chain\/src\/generated\/|contracts\/vendor\/)/;
/** As git leaves them where two branches changed the same lines. */
const UNMERGED = /^(<{7} |>{7} )/m;
const GENERATED = /(^|\/)(generated|vendor)\//;

const RULES = [
  { says: "work left for later", pattern: /\b(TODO|FIXME|XXX)\b/ },
  // Tests that need a GPU skip loudly where there is none.
  { says: "a test that does not run", pattern: /\b(it|test|describe)\.(skip|only|todo)\b/, except: /\.gputest\.ts$/ },
  // Solidity's `try … catch { }` is a branch of its own, and says so beside it.
  { says: "an empty catch", pattern: /catch\s*(\([^)]*\))?\s*\{\s*\}/, except: /\.sol$/ },
  {
    says: "a cast past the checker",
    pattern: /^(?!\s*(\/\/|\*)).*(\bas any\s*[;,)\]}.]|\bas unknown as\b)|@ts-ignore|@ts-expect-error/,
  },
  {
    says: "time or chance that the seed doesn't decide",
    pattern: /\b(Date\.now|new Date|performance\.now|Math\.random|crypto\.|randomBytes)/,
    only: /^sim\//,
  },
  { says: "a machine's path", pattern: /(^|[^a-zA-Z.])\/(work|farm|root)\// },
];

/** What is untidy about one file, in words. */
export function tidyProblems(file, text) {
  const problems = [];
  if (!CODE.test(file) || GENERATED.test(file)) return problems;
  const lines = text.split("\n");
  if (lines.length - 1 > LINES_MAX) problems.push(`${file}: ${lines.length - 1} lines, at most ${LINES_MAX}`);
  lines.forEach((line, index) => {
    for (const { says, pattern, except, only } of RULES) {
      if (only !== undefined && !only.test(file)) continue;
      if (pattern.test(line) && !except?.test(file)) problems.push(`${file}:${index + 1}: ${says}`);
    }
  });
  return problems;
}

/** Prose and data are merged too, and nothing else reads them. */
export function mergeProblems(file, text) {
  return UNMERGED.test(text) ? [`${file}: a merge that isn't finished`] : [];
}

/** Reads every file that git tracks and says what is untidy. */
export function tidy(root) {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
  return files.flatMap((file) => {
    const full = path.join(root, file);
    if (!existsSync(full) || !statSync(full).isFile()) return [];
    if (file.startsWith("scripts/tidy")) return [];
    const size = statSync(full).size;
    if (size > BYTES_MAX) return LARGE.test(file) ? [] : [`${file}: ${size} bytes, at most ${BYTES_MAX}`];
    const text = readFileSync(full, "utf8");
    return [...mergeProblems(file, text), ...tidyProblems(file, text)];
  });
}
