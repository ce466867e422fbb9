/** What a client says of a file it attaches, to search by. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export const COMPARISONS = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"] as const;
export type Comparison = (typeof COMPARISONS)[number];
type Value = string | number | boolean;

export type AttributeFilter =
  | { readonly type: Comparison; readonly key: string; readonly value: Value | readonly (string | number)[] }
  | { readonly type: "and" | "or"; readonly filters: readonly AttributeFilter[] };

/** Whether a file's attributes fit. One that is absent fits `ne` and `nin` alone; values of two types are unlike, and neither comes first. */
export function fits(filter: AttributeFilter, attributes: Attributes): boolean {
  if ("filters" in filter) {
    const { type, filters } = filter;
    return filters[type === "and" ? "every" : "some"]((inner) => fits(inner, attributes));
  }
  const own = Object.hasOwn(attributes, filter.key) ? attributes[filter.key] : undefined;
  return compare(filter.type, own, filter.value);
}

function compare(type: Comparison, own: Value | undefined, value: Value | readonly (string | number)[]): boolean {
  if (isList(value)) {
    const isIn = value.some((one) => one === own);
    return type === "in" || type === "eq" ? isIn : (type === "nin" || type === "ne") && !isIn;
  }
  if (type === "eq" || type === "in") return own === value;
  if (type === "ne" || type === "nin") return own !== value;
  if (own === undefined || typeof own !== typeof value || typeof own === "boolean") return false;
  if (type === "gt") return own > value;
  if (type === "gte") return own >= value;
  return type === "lt" ? own < value : own <= value;
}

function isList(value: Value | readonly (string | number)[]): value is readonly (string | number)[] {
  return Array.isArray(value);
}
