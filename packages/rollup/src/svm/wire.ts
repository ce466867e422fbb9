/** What may stand in an answer. Whole numbers of any size: Solana counts in 64 bits. */
export type Wire =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly Wire[]
  | { readonly [name: string]: Wire };

/** JSON in which a bigint is a number with all of its digits, as Solana's RPC writes it. */
export function writeWire(value: Wire): string {
  if (typeof value === "bigint") return value.toString();
  if (value === null || value === undefined) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(writeWire).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${writeWire(field)}`).join(",")}}`;
}

function isList(value: readonly Wire[] | { readonly [name: string]: Wire }): value is readonly Wire[] {
  return Array.isArray(value);
}
