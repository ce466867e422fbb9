import { isConstant } from "./findConstants.mjs";
import { rangeOf } from "./readSources.mjs";

/** A constant becomes a function: its mutant changes it wherever it is used. */
export function renderConstant(renderer, node) {
  if (!isConstant(node)) return renderer.whole(node);
  const { visibility, name, value, typeName } = node;
  const [type, text] = [renderer.slice(rangeOf(typeName)), renderer.plain(value)];
  const to = type === "bytes32" ? `${text} ^ bytes32(uint256(1))` : `${text} + 1`;
  const chosen = renderer.choose(value, [{ operator: "constant", to }], text);
  const seen = visibility === "public" ? "public" : "internal";
  return `function ${name}() ${seen} pure returns (${type}) { return ${chosen}; }`;
}

/** A modifier that takes the mutant which leaves it out. What it checks stands before its `_`. */
export function renderModifier(renderer, { parameters, body, name }) {
  const given = renderer.slice(rangeOf(parameters)).slice(1, -1);
  const checks = body.statements
    .filter(({ nodeType }) => nodeType !== "PlaceholderStatement")
    .map((check) => renderer.render(check, body))
    .map((text) => (text.startsWith("{") ? text : `${text};`));
  const all = `${given}${given.trim() === "" ? "" : ", "}uint256 mutant_`;
  return `modifier ${name}_(${all}) { if (!Mutant.on(mutant_)) { ${checks.join(" ")} } _; }`;
}

/** A function's modifier is told its mutant; what a constructor passes on stays as it is. */
export function renderInvocation(renderer, node) {
  const text = renderer.whole(node);
  if (node.kind !== "modifierInvocation") return text;
  const name = node.modifierName.name;
  const deleted = renderer.number(node, "modifier", "");
  const given = text.includes("(") ? `${text.slice(name.length, -1)}, ` : "(";
  return `${name}_${given}${deleted})`;
}

/** A contract that uses OpenZeppelin's `onlyOwner` has one of its own, which takes the mutant. */
export function renderContract(renderer, node) {
  const text = renderer.whole(node);
  const used = node.nodes.flatMap((part) => part.modifiers ?? []).map(({ modifierName }) => modifierName.name);
  if (!used.includes("onlyOwner")) return text;
  const owned = `onlyOwner_${node.name}`;
  const own = `    modifier ${owned}(uint256 mutant_) { if (!Mutant.on(mutant_)) _checkOwner(); _; }\n`;
  return `${text.slice(0, -1).replaceAll(/\bonlyOwner_\(/g, `${owned}(`)}${own}}`;
}
