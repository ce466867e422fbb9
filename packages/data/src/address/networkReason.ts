/** Codes of errors that say nothing but what went wrong on the wire. */
const CODE = /^[A-Z][A-Z0-9_]{2,63}$/;

/** A network error's code, fit for logs. Never its message, which may quote what was sent. */
export function networkReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CODE.test(code) ? code : "connection lost";
}
