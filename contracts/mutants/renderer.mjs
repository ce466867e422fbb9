import { renderAssembly } from "./assembly.mjs";
import { renderConstant, renderContract, renderInvocation, renderModifier } from "./declarations.mjs";
import { isConstant, namesConstant } from "./findConstants.mjs";
import { typed } from "./literals.mjs";
import { mutationsOf, oppositeAssignment } from "./operators.mjs";
import { childrenOf, rangeOf } from "./readSources.mjs";

const LOOPS = new Set(["ForStatement", "WhileStatement", "DoWhileStatement"]);
const DELETABLE = new Set([
  "ExpressionStatement",
  "EmitStatement",
  "RevertStatement",
  "Return",
  "Continue",
  "Break",
  "TryStatement",
]);

/**
 * Renders a source with its switches. In the branch of a mutant all others are off, so the code there is the plain one: the
 * text grows by a constant for each mutant, however deep they nest.
 */
export class Renderer {
  #bytes;
  #constants;
  #add;

  /**
   * @param {{ bytes: Buffer }} source
   * @param {{ constants: Set<number>, add: (mutant: object) => number | undefined }} options `add` gives a mutant its number; none
   * when it can't be compiled.
   */
  constructor({ bytes }, { constants, add }) {
    this.#bytes = bytes;
    this.#constants = constants;
    this.#add = add;
  }

  /** The node with the switches of all mutants in it. */
  render(node, parent = undefined) {
    if (isStatement(node, parent)) return this.#statement(node);
    const rule = RULES[node.nodeType];
    return rule === undefined ? this.#expression(node, parent) : rule(this, node);
  }

  /** The node without switches. */
  plain(node, parent = undefined) {
    return this.#called(
      this.compose(node, (child) => this.plain(child, node)),
      node,
      parent,
    );
  }

  /** The node's own text with its children's rendered by `renderChild`. */
  compose(node, renderChild) {
    const { start, end } = rangeOf(node);
    let [text, from] = ["", start];
    for (const child of childrenOf(node)) {
      const range = this.#withSemicolon(child, node);
      if (range.start < from) continue;
      text += this.slice({ start: from, end: range.start }) + renderChild(child);
      from = range.end;
    }
    return text + this.slice({ start: from, end });
  }

  /** What all children are rendered into, switches and all. */
  whole(node) {
    return this.compose(node, (child) => this.render(child, node));
  }

  slice({ start, end }) {
    return this.#bytes.subarray(start, end).toString("utf8");
  }

  /** The number of a new mutant; undefined when it can't be compiled. */
  number(node, operator, to, { from = this.plain(node), compiles = true } = {}) {
    const oneLine = (text) => text.replace(/\s+/g, " ");
    return this.#add({ operator, offset: rangeOf(node).start, from: oneLine(from), to: oneLine(to), compiles });
  }

  /** `m1 ? … : m2 ? … : otherwise` */
  choose(node, mutations, otherwise) {
    const cases = mutations.map(({ operator, to }) => `Mutant.on(${this.number(node, operator, to)}) ? ${to} : `);
    return cases.length === 0 ? otherwise : `(${cases.join("")}${otherwise})`;
  }

  /** A statement or an expression whose condition may also be one of `values`. */
  withCondition(node, values) {
    const mutations = values.map((value) => ({ operator: "branch", to: value }));
    const renderChild = (child) => {
      const text = this.render(child, node);
      return child === node.condition ? this.choose(child, mutations, text) : text;
    };
    return this.compose(node, renderChild);
  }

  isConstantId(id) {
    return this.#constants.has(id);
  }

  #expression(node, parent) {
    const text = this.#called(this.whole(node), node, parent);
    const mutations = mutationsOf(node, (part) => this.plain(part));
    return typed(this.choose(node, mutations, text), node, parent);
  }

  #statement(node) {
    const body = this.whole(node).replace(/;$/, "");
    const assigned = node.expression?.nodeType === "Assignment" ? node.expression : undefined;
    const opposite = assigned && oppositeAssignment(assigned, (part) => this.plain(part));
    const swapped = opposite && this.number(node, "assignment", opposite);
    // The compiler takes no pointer into storage that may be unset.
    const isPointer = assigned?.leftHandSide.typeDescriptions.typeString.endsWith("storage pointer");
    const deleted = this.number(node, "deletion", "", { compiles: !isPointer });
    const end = node.nodeType === "TryStatement" ? "" : ";";
    const kept = deleted === undefined ? `${body}${end}` : `if (!Mutant.on(${deleted})) ${body}${end}`;
    return swapped === undefined ? `{ ${kept} }` : `{ if (Mutant.on(${swapped})) ${opposite}; else { ${kept} } }`;
  }

  #called(text, node, parent) {
    return namesConstant(node, parent, this.#constants) ? `${text}()` : text;
  }

  /** A child's range, with the semicolon behind it where its rendering has its own. */
  #withSemicolon(node, parent) {
    const { start, end } = rangeOf(node);
    const isWhole = (isStatement(node, parent) && node.nodeType !== "TryStatement") || isConstant(node);
    // A bare `return;` has its semicolon already.
    if (isWhole) return { start, end: this.#bytes.indexOf(";", end - 1) + 1 };
    const isBranch = node.nodeType === "IfStatement" || LOOPS.has(node.nodeType);
    const last = node.falseBody ?? node.trueBody ?? node.body;
    return isBranch ? { start, end: this.#withSemicolon(last, node).end } : { start, end };
  }
}

const RULES = {
  IfStatement: (renderer, node) => renderer.withCondition(node, ["true", "false"]),
  Conditional: (renderer, node) => `(${renderer.withCondition(node, ["true", "false"])})`,
  ForStatement: (renderer, node) => renderer.withCondition(node, ["false"]),
  WhileStatement: (renderer, node) => renderer.withCondition(node, ["false"]),
  ImportDirective: (renderer, node) => renderer.plain(node),
  InlineAssembly: renderAssembly,
  ModifierDefinition: renderModifier,
  ModifierInvocation: renderInvocation,
  VariableDeclaration: renderConstant,
  ContractDefinition: renderContract,
};

/** Statements that may be left out; what begins and steps a loop may not. */
function isStatement(node, parent) {
  if (!DELETABLE.has(node.nodeType)) return false;
  return parent !== undefined && !(LOOPS.has(parent.nodeType) && parent.body !== node);
}
