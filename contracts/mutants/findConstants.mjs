import { rangeOf, walk } from "./readSources.mjs";

/** The constants that money sources declare: a mutant changes them wherever they are used, so they become functions. */
export function findConstants(sources, files) {
  const ids = new Set();
  for (const file of files) {
    walk(sources.get(file).ast, (node) => {
      if (isConstant(node)) ids.add(node.id);
    });
  }
  return ids;
}

export function isConstant(node) {
  return node.nodeType === "VariableDeclaration" && node.stateVariable && node.mutability === "constant";
}

/** Whether a node names one of `constants` as a value, not as the getter of a public one, which is called already. */
export function namesConstant(node, parent, constants) {
  if (node.nodeType !== "Identifier" && node.nodeType !== "MemberAccess") return false;
  if (!constants.has(node.referencedDeclaration)) return false;
  return !(parent?.nodeType === "FunctionCall" && parent.expression === node);
}

/** A source that only uses constants: each use becomes a call. */
export function callConstants({ bytes, ast }, constants) {
  const ends = [];
  walk(ast, (node, parent) => {
    if (namesConstant(node, parent, constants)) ends.push(rangeOf(node).end);
  });
  let [text, from] = ["", 0];
  for (const end of ends.sort((a, b) => a - b)) {
    text += `${bytes.subarray(from, end)}()`;
    from = end;
  }
  return text + bytes.subarray(from);
}
