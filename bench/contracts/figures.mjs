/** Invariants broken, over all calls that forge reports; a call that reverts breaks a handler's promise, too. */
export function brokenFigure({ parts, calls }) {
  const suites = Object.fromEntries(
    parts.map(({ part, calls: made, reverts, seconds }) => [part, { calls: made, reverts, seconds }]),
  );
  const value = parts.reduce((sum, { failed }) => sum + failed, 0);
  return { metric: "broken", value, unit: "invariants", atMost: 0, calls, suites };
}

/** Killed mutants of those that compile. Whatever survived counts as a survivor, equivalent or not. */
export function mutantsFigure(verdicts) {
  const of = (verdict) => verdicts.filter((each) => each.verdict === verdict);
  const [killed, survived] = [of("killed").length, of("survived").length];
  const compiled = killed + survived;
  const operators = {};
  for (const { operator, verdict } of verdicts) {
    operators[operator] ??= { killed: 0, survived: 0, notCompiled: 0 };
    operators[operator][verdict] += 1;
  }
  return {
    metric: "mutants_killed",
    value: compiled === 0 ? 0 : Number((killed / compiled).toFixed(4)),
    unit: "share",
    atLeast: 0.9,
    compiled,
    killed,
    survived,
    notCompiled: of("notCompiled").length,
    operators,
    survivors: of("survived").map(({ key }) => key),
  };
}
