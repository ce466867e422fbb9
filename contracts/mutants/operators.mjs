/** The mutation operators, and what each does. `docs/contracts/mutants.md` shows the same list. */
export const OPERATORS = {
  relational: "`<` → `<=`, `>=` · `<=` → `<`, `>` · `>` → `>=`, `<=` · `>=` → `>`, `<` · `==` ↔ `!=`",
  arithmetic:
    "`+` ↔ `-` · `*` ↔ `/` · `%` → `*` · `&` ↔ `|` · `++` ↔ `--`, in assembly `add` ↔ `sub` · `mul` ↔ `div` · `shr` ↔ `shl`",
  logical: "`&&` ↔ `||`",
  negation: "`!a` → `a`",
  constant: "a number → the number + 1 · `true` ↔ `false` · a name or a type hash → another",
  rounding: "down ↔ up · the smaller → the larger",
  assignment: "`+=` ↔ `-=` · `*=` ↔ `/=`",
  deletion: "a statement (assignment, call, requirement, event, return, …) → nothing",
  branch: "a condition of `if`, `?:` → true, → false · of a loop → false",
  modifier: "a modifier of a function → none",
};

const RELATIONAL = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};
const ARITHMETIC = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "&": "|", "|": "&" };
const LOGICAL = { "&&": "||", "||": "&&" };
const ASSIGNMENT = { "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=" };
const STEP = { "++": "--", "--": "++" };
const ASSEMBLY = { add: "sub", sub: "add", mul: "div", div: "mul", shr: "shl", shl: "shr" };

/**
 * What an expression may be changed into. `base` gives a node's text as it is.
 * @returns {{ operator: string, to: string }[]}
 */
export function mutationsOf(node, base) {
  const make = MUTATIONS[node.nodeType];
  return make === undefined ? [] : make(node, base);
}

const MUTATIONS = {
  BinaryOperation({ leftExpression, operator, rightExpression, typeDescriptions }, base) {
    const [left, right] = [base(leftExpression), base(rightExpression)];
    if (typeDescriptions.typeString.startsWith("int_const")) {
      return [{ operator: "constant", to: `${left} ${operator} ${right} + 1` }];
    }
    const relational = (RELATIONAL[operator] ?? []).map((to) => ({
      operator: "relational",
      to: `${left} ${to} ${right}`,
    }));
    if (relational.length > 0) return relational;
    const logical = LOGICAL[operator];
    if (logical !== undefined) return [{ operator: "logical", to: `${left} ${logical} ${right}` }];
    const arithmetic = ARITHMETIC[operator];
    return arithmetic === undefined ? [] : [{ operator: "arithmetic", to: `${left} ${arithmetic} ${right}` }];
  },
  UnaryOperation({ operator, subExpression, prefix }, base) {
    const on = base(subExpression);
    if (operator === "!") return [{ operator: "negation", to: on }];
    const step = STEP[operator];
    return step === undefined ? [] : [{ operator: "arithmetic", to: prefix ? `${step}${on}` : `${on}${step}` }];
  },
  Literal(node, base) {
    const text = base(node);
    if (node.kind === "number") return [{ operator: "constant", to: `${text} + 1` }];
    if (node.kind === "bool") return [{ operator: "constant", to: text === "true" ? "false" : "true" }];
    return node.kind === "string" ? [{ operator: "constant", to: `${text.slice(0, -1)}!"` }] : [];
  },
  FunctionCall(node, base) {
    const callee = node.expression;
    if (callee.nodeType !== "MemberAccess" || base(callee.expression) !== "Math") return [];
    const given = node.arguments.map(base);
    if (callee.memberName === "min") return [{ operator: "rounding", to: `Math.max(${given.join(", ")})` }];
    if (callee.memberName === "ceilDiv") return [{ operator: "rounding", to: `${given[0]} / ${given[1]}` }];
    if (callee.memberName !== "mulDiv") return [];
    const down = given.slice(0, 3).join(", ");
    return [
      {
        operator: "rounding",
        to: given.length === 3 ? `Math.mulDiv(${down}, Math.Rounding.Ceil)` : `Math.mulDiv(${down})`,
      },
    ];
  },
};

/** The assignment with the opposite operator; undefined where there is none. */
export function oppositeAssignment({ leftHandSide, operator, rightHandSide }, base) {
  const opposite = ASSIGNMENT[operator];
  return opposite === undefined ? undefined : `${base(leftHandSide)} ${opposite} ${base(rightHandSide)}`;
}

/** What a call, or a number, in assembly may be changed into; undefined where there is nothing. */
export function assemblyMutation(node, base) {
  if (node.nodeType === "YulLiteral") {
    return node.kind === "number" ? { operator: "constant", to: String(BigInt(node.value) + 1n) } : undefined;
  }
  const to = node.nodeType === "YulFunctionCall" ? ASSEMBLY[node.functionName.name] : undefined;
  return to === undefined ? undefined : { operator: "arithmetic", to: `${to}(${node.arguments.map(base).join(", ")})` };
}
