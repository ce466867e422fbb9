import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adversaryNames, blindness, blindnessProblems } from "./blindness.mjs";
import { folderOf, layerProblems, readPackages } from "./layers.mjs";
import { mergeProblems, tidyProblems } from "./tidy.mjs";

const ROOT = path.resolve(import.meta.dirname, "..");
let copy: string;

/** Lints one planted file in a copy that holds nothing but the rules and the packages' manifests. */
function lint(file: string, text: string): string {
  const full = path.join(copy, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  try {
    return execFileSync(path.join(ROOT, "node_modules/.bin/biome"), ["lint", file], {
      cwd: copy,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch (error) {
    return String((error as { stdout: string }).stdout) + String((error as { stderr: string }).stderr);
  } finally {
    rmSync(full);
  }
}

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "cortensor-walls-"));
  const rules = JSON.parse(readFileSync(path.join(ROOT, "biome.json"), "utf8"));
  delete rules.$schema;
  rules.vcs = { enabled: false };
  writeFileSync(path.join(copy, "biome.json"), JSON.stringify(rules));
  for (const name of Object.keys(readPackages(ROOT))) {
    mkdirSync(folderOf(copy, name), { recursive: true });
    cpSync(path.join(folderOf(ROOT, name), "package.json"), path.join(folderOf(copy, name), "package.json"));
  }
  mkdirSync(path.join(copy, "packages/node/src/miner"), { recursive: true });
  writeFileSync(path.join(copy, "packages/node/src/miner/x.ts"), "export const x = 1;\n");
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe("the walls between rooms", () => {
  it("refuses a role that imports another role", () => {
    for (const role of ["router", "guard"]) {
      const out = lint(`packages/node/src/${role}/a.ts`, 'export { x } from "../miner/x.js";\n');
      expect(out).toContain("noRestrictedImports");
    }
  });
  it("refuses an import past a package's door", () => {
    const out = lint("packages/node/src/host/a.ts", 'export { y } from "@cortensor/wire/src/link.js";\n');
    expect(out).toContain("noRestrictedImports");
  });
  it("refuses a Node module in a package that runs in a browser", () => {
    const out = lint(
      "packages/sdk/src/a.ts",
      'import { readFileSync } from "node:fs";\nexport const z = readFileSync;\n',
    );
    expect(out).toContain("noNodejsModules");
  });
  it("refuses a dependency that the package does not declare", () => {
    const out = lint("packages/protocol/src/a.ts", 'export { createPublicClient } from "viem";\n');
    expect(out).toContain("noUndeclaredDependencies");
  });
  it("refuses a floating promise", () => {
    const text = "async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}\n";
    expect(lint("packages/runtime/src/a.ts", text)).toContain("noFloatingPromises");
  });
  it("refuses printing outside the command line", () => {
    expect(lint("packages/wire/src/a.ts", 'console.log("x");\n')).toContain("noConsole");
  });
  it("refuses a simulation that takes a decision from inside a package", () => {
    const inside = 'export { misfitOf } from "../../packages/node/src/router/chooseMiner.js";\n';
    expect(lint("sim/src/a.ts", inside)).toContain("noRestrictedImports");
  });
  it("lets an honest file pass", () => {
    expect(lint("packages/wire/src/a.ts", "export const answer = 42;\n")).not.toContain("lint/");
  });
});

describe("the layers", () => {
  it("hold for the packages as they are", () => {
    expect(layerProblems(readPackages(ROOT))).toEqual([]);
  });
  it("refuse an import that points up, and one from a browser package to a server package", () => {
    const up = layerProblems({ wire: { dependencies: ["@cortensor/node"], references: ["../node"] } });
    expect(up).toEqual(["wire may not depend on node"]);
    const browser = layerProblems({ sdk: { dependencies: ["@cortensor/runtime"], references: ["../runtime"] } });
    expect(browser).toEqual(["sdk runs in a browser, runtime does not"]);
    const outside = layerProblems({ node: { dependencies: ["@cortensor/sim"], references: ["../sim"] } });
    expect(outside).toEqual(["node may not depend on sim"]);
  });
});

describe("the checker", () => {
  it("knows of no way to cheat", () => {
    expect(blindness(ROOT)).toEqual([]);
  });
  it("is refused a file that does, whatever door it comes through", () => {
    const names = adversaryNames(readFileSync(path.join(ROOT, "packages/engine/src/adversary/index.ts"), "utf8"));
    expect(names).toContain("CHEATS");
    const text = 'import { CHEATS, type Engine } from "@cortensor/engine";\n';
    expect(blindnessProblems("a.ts", text, names)).toEqual(["a.ts: a checker may not know of CHEATS"]);
  });
});

describe("tidiness", () => {
  it("refuses long files, skipped tests, empty catches and casts past the checker", () => {
    expect(tidyProblems("a.ts", "x\n".repeat(401))).toHaveLength(1);
    expect(tidyProblems("a.test.ts", `it.${"skip"}("x", () => 1);`)).toHaveLength(1);
    expect(tidyProblems("a.ts", `try { f(); } catch ${"{ }"}`)).toHaveLength(1);
    expect(tidyProblems("a.ts", `const x = y as ${"any"};`)).toHaveLength(1);
  });
  it("refuses a clock, and dice, that a simulation's seed doesn't decide", () => {
    for (const call of ["Date.now()", "new Date()", "performance.now()", "Math.random()", "crypto.randomUUID()"]) {
      expect(tidyProblems("sim/src/a.ts", `export const x = ${call};\n`)).toHaveLength(1);
      expect(tidyProblems("packages/node/src/a.ts", `export const x = ${call};\n`)).toEqual([]);
    }
  });
  it("refuses what a merge left, in prose too", () => {
    expect(mergeProblems("a.md", `# A page\n${"<".repeat(7)} HEAD\none\n`)).toHaveLength(1);
    expect(mergeProblems("a.md", "# A page\n=======\n")).toEqual([]);
  });
  it("accepts plain code", () => {
    expect(tidyProblems("a.ts", "export const x = 1;\n")).toEqual([]);
  });
});
