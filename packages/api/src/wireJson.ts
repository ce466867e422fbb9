/** JSON with every `bigint` as a decimal string: how Cortensor's own routes carry money. */
export function wireJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? field.toString() : field));
}
