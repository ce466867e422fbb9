import { assemblyMutation } from "./operators.mjs";

/** Chooses inside assembly, which can't call Solidity: by the active mutant's number, read before the block. */
const PICK =
  "function pick_(on_, number_, mutated_, plain_) -> picked_ { picked_ := plain_ if eq(on_, number_) { picked_ := mutated_ } }";

/** An assembly block with its switches. */
export function renderAssembly(renderer, node) {
  const named = new Set(
    node.externalReferences.filter(({ declaration }) => renderer.isConstantId(declaration)).map(({ src }) => src),
  );
  const used = new Set();
  /** A constant has become a function: it is called before the block. */
  const name = (identifier) => {
    if (!named.has(identifier.src)) return identifier.name;
    used.add(identifier.name);
    return `${identifier.name}_`;
  };
  const base = (part) => (part.nodeType === "YulIdentifier" ? name(part) : renderer.compose(part, base));
  const number = (part, operator, to) => renderer.number(part, operator, to, { from: base(part) });

  function render(part) {
    if (part.nodeType === "YulIdentifier") return name(part);
    if (part.nodeType === "YulAssignment") return assignment(part);
    const text = renderer.compose(part, render);
    if (part.nodeType === "YulExpressionStatement")
      return `if iszero(eq(mutant_, ${number(part, "deletion", "")})) { ${text} }`;
    const mutation = assemblyMutation(part, base);
    if (mutation === undefined) return text;
    return `pick_(mutant_, ${number(part, mutation.operator, mutation.to)}, ${mutation.to}, ${text})`;
  }

  /** A variable that keeps what it holds was not assigned; a pointer into calldata (`x.offset`, `x.length`) holds 0 before. */
  function assignment(part) {
    const variable = base(part.variableNames[0]);
    const deleted = number(part, "deletion", "");
    return `${variable} := pick_(mutant_, ${deleted}, ${variable.includes(".") ? 0 : variable}, ${render(part.value)})`;
  }

  const block = renderer.compose(node, (part) => renderer.compose(part, render)).replace("{", `{ ${PICK}`);
  const locals = [...used].map((constant) => `uint256 ${constant}_ = ${constant}();`);
  return `uint256 mutant_ = Mutant.active(); ${locals.join(" ")} ${block}`;
}
