// Judges one answer to a held-out item.
const REFUSES = /don't know|can't|can only|only know|only answer|does not say/;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const holds = (answer, text) =>
  new RegExp(`(^|[^a-z0-9])${escaped(text.toLowerCase())}($|[^a-z0-9])`).test(answer.toLowerCase());
const sorted = (value) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

function sameObject(answer, value) {
  try {
    return sorted(JSON.parse(answer)) === sorted(value);
  } catch {
    return false;
  }
}

export function judge(check, answer) {
  const numbers = answer.match(/\d+/g) ?? [];
  switch (check.kind) {
    case "refusal":
      return REFUSES.test(answer);
    case "has":
      return holds(answer, check.text) && !REFUSES.test(answer);
    case "any":
      return check.text.some((text) => answer.toLowerCase().includes(text.toLowerCase()));
    case "label":
      return check.among.filter((label) => holds(answer, label)).join() === check.text;
    case "json":
      return sameObject(answer, check.value);
    case "first number":
      return Number(numbers[0] ?? Number.NaN) === check.value;
    case "last number":
      return Number(numbers.at(-1) ?? Number.NaN) === check.value;
    default:
      throw new Error(`no judge for ${check.kind}`);
  }
}
