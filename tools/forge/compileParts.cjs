/** Where what isn't deployed lies. */
const TESTS = "contracts/test/";
const SOURCES = "contracts/src/";

/**
 * Compiles as asked, but tests without the IR pipeline, which takes ten times as long over them. What they test is compiled with it all the
 * the same: forge makes them deploy artifacts (`dynamic_test_linking`), and a test that holds such code itself is refused.
 * @param {object} input Standard JSON.
 * @param {(input: object) => object} compile The compiler.
 * @returns {object} Its output.
 */
function compileParts(input, compile) {
  const selected = Object.entries(input.settings.outputSelection ?? {});
  const isTest = ([file]) => file.startsWith(TESTS);
  const isAsked = ([, outputs]) => Object.values(outputs).flat().length > 0;
  const tests = selected.filter(isTest);
  if (input.settings.viaIR !== true || !tests.some(isAsked)) return compile(input);
  const held = Object.entries(input.sources).filter(isTest).flatMap(findHeld);
  if (held.length > 0) return { errors: held.map(refuse), sources: {}, contracts: {} };
  const others = selected.filter((entry) => !isTest(entry));
  const parts = [compile(select(input, tests, { viaIR: false }))];
  if (others.some(isAsked)) parts.push(compile(select(input, others, {})));
  return merge(parts);
}

/** The input that asks for some files alone. */
function select(input, files, settings) {
  const outputSelection = Object.fromEntries(files);
  return { ...input, settings: { ...input.settings, ...settings, outputSelection } };
}

/** Contracts of the sources that a test makes, or whose code it reads, other than by their artifact. */
function findHeld([file, { content }]) {
  const imports = [...content.matchAll(/import\s*\{([^}]*)\}\s*from\s*"([^"]+)"/g)];
  return imports
    .filter(([, , from]) => new URL(from, `file:///${file}`).pathname.startsWith(`/${SOURCES}`))
    .flatMap(([, names]) =>
      names.split(",").map((name) =>
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1),
      ),
    )
    .filter((name) => new RegExp(`\\bnew ${name}\\s*[({]|\\btype\\(${name}\\)\\.\\w+Code\\b`).test(content))
    .map((name) => ({ file, name }));
}

function refuse({ file, name }) {
  const message = `${file} holds the code of ${name}: what inherits from a contract or an interface of the sources needs a file of its own`;
  const error = { type: "Error", component: "general", severity: "error", message };
  return { ...error, formattedMessage: `Error: ${message}` };
}

function merge(parts) {
  const join = (key) => Object.assign({}, ...parts.map((part) => part[key]));
  const errors = new Map(parts.flatMap((part) => part.errors ?? []).map((error) => [error.formattedMessage, error]));
  return { errors: [...errors.values()], sources: join("sources"), contracts: join("contracts") };
}

module.exports = { compileParts };
