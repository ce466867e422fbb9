/**
 * What a crossing's transactions come to.
 * @param {{ step: string, payer: string, gas: number }[]} transactions
 * @param {number} messages How many crossed by them.
 * @returns {{ gas: number, steps: Record<string, { payer: string, gas: number, transactions: number }>, payers: Record<string, number> }} `gas`
 *   and what each payer pays are a message's; a step's is all of it.
 */
export function crossingCost(transactions, messages) {
  if (!(messages > 0)) throw new RangeError(`a crossing of ${messages} messages`);
  const steps = {};
  const paid = {};
  for (const { step, payer, gas } of transactions) {
    const so = steps[step] ?? { payer, gas: 0, transactions: 0 };
    if (so.payer !== payer) throw new Error(`${step} is paid by ${so.payer} and by ${payer}`);
    steps[step] = { payer, gas: so.gas + gas, transactions: so.transactions + 1 };
    paid[payer] = (paid[payer] ?? 0) + gas;
  }
  const each = (gas) => Math.round(gas / messages);
  const payers = Object.fromEntries(Object.entries(paid).map(([payer, gas]) => [payer, each(gas)]));
  return { gas: each(transactions.reduce((sum, { gas }) => sum + gas, 0)), steps, payers };
}

/** What carries a message: without the calls that sent it. */
export function carriedGas({ steps, count }) {
  const carried = Object.entries(steps).filter(([step]) => step !== "send");
  return Math.round(carried.reduce((sum, [, { gas }]) => sum + gas, 0) / count);
}

/**
 * Cost of a message in a batch against one alone.
 * @param {Record<number, number>} gasOf A message's gas, by how many crossed at once.
 */
export function batchRatio(gasOf, batch) {
  const [alone, among] = [gasOf[1], gasOf[batch]];
  if (!(alone > 0) || !(among > 0)) throw new Error(`nothing was measured of 1 and of ${batch} at once`);
  return Number((among / alone).toFixed(3));
}

/** Seeds of which something is said that must never be, and what. */
export function violationsFigure(found, seeds) {
  const violations = found.flatMap(({ seed, says }) => says.map((what) => `seed ${seed}: ${what}`));
  return {
    metric: "exactly_once_violations",
    value: violations.length,
    unit: "violations",
    atMost: 0,
    seeds,
    messages: found.reduce((sum, { messages }) => sum + messages, 0),
    repeats: found.reduce((sum, { repeats }) => sum + repeats, 0),
    violations: violations.slice(0, 20),
  };
}
