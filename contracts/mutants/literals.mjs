/** A literal behind a switch has lost its freedom of type: it is given the type that it is used as. */
export function typed(text, node, parent) {
  if (node.nodeType !== "Literal" || !text.startsWith("(")) return text;
  // No contract here says nothing in a string: it is of bytes, whatever it is given to.
  if (node.kind === "string" && node.value === "") return `bytes${text}`;
  const target = usedAs(node, parent);
  if (target === "bytes32") return node.kind === "string" ? `bytes32(bytes${text})` : `bytes32(uint256${text})`;
  return target === "address" ? `uint160${text}` : text;
}

/** The type that a literal is used as, where it matters. */
function usedAs(node, parent) {
  if (parent?.nodeType === "BinaryOperation") return parent.commonType.typeString;
  if (parent?.kind === "typeConversion") return parent.typeDescriptions.typeString;
  if (parent?.nodeType !== "FunctionCall") return undefined;
  const parameters = /^function \(([^)]*)\)/.exec(parent.expression.typeDescriptions.typeString)?.[1].split(",") ?? [];
  return parameters[parent.arguments.indexOf(node)];
}
