type Schema<Value> = {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false };
};

/** Undefined for bytes that aren't JSON, or not as the schema has it. */
export function parseJson<Value>(schema: Schema<Value>, bytes: Uint8Array): Value | undefined {
  try {
    const read = schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
