import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { MOVED_TESTS, placeOf, sourceOf } from "./moneySources.mjs";

const FOLDERS = ["contracts/src", "contracts/test", "contracts/rules"];

/**
 * Reads every Solidity file below `contracts/src` and `contracts/test`, and what else tests the money contracts, with the compiler's own parser.
 * @param {string} root Folder of the repository. The compiler must be installed.
 * @returns {Map<string, { bytes: Buffer, ast: object }>} By path below the root, as they are laid out. Offsets in an AST count bytes.
 */
export function readSources(root) {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".sol"))
      .map((name) => path.posix.join(folder, name))
      .filter((file) => folder !== "contracts/rules" || MOVED_TESTS.some((moved) => file.startsWith(moved)))
      .map(placeOf),
  );
  const read = (place) => readFileSync(path.join(root, sourceOf(place)));
  const sources = Object.fromEntries(files.map((file) => [file, { content: read(file).toString("utf8") }]));
  const asts = parse(root, sources);
  return new Map(files.sort().map((file) => [file, { bytes: read(file), ast: asts[file].ast }]));
}

function parse(root, sources) {
  const solc = createRequire(path.join(root, "tools/forge/package.json"))("solc");
  const input = {
    language: "Solidity",
    sources,
    settings: {
      evmVersion: "cancun",
      remappings: ["@openzeppelin/contracts/=tools/forge/node_modules/@openzeppelin/contracts/"],
      outputSelection: { "*": { "": ["ast"] } },
    },
  };
  const findImport = (name) => ({ contents: readFileSync(path.join(root, name), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return output.sources;
}

/** Where a node begins and ends, in bytes; undefined for one that stands nowhere. */
export function rangeOf(node) {
  const [start, length] = node.src.split(":").map(Number);
  return start < 0 ? undefined : { start, end: start + length };
}

const NOT_CODE = new Set(["documentation", "overrides", "typeName", "baseName", "libraryName", "parameters"]);

/** The nodes directly below one, in the order in which they stand. */
export function childrenOf(node) {
  const found = [];
  for (const [key, value] of Object.entries(node)) {
    // A try clause's and a declaration's parameters hold no code.
    if (NOT_CODE.has(key)) continue;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && typeof each === "object" && typeof each.nodeType === "string" && rangeOf(each))
        found.push(each);
    }
  }
  return found.sort((a, b) => rangeOf(a).start - rangeOf(b).start);
}

/** Calls `visit` with every node of a tree and the node above it. */
export function walk(node, visit, parent = undefined) {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, visit, node);
}
