import selfsigned from "selfsigned";

/** A name that no machine has: only who is told where it leads reaches it. */
export const TLS_HOST = "sink.example";

/** A certificate of `TLS_HOST` that nobody trusts by itself. */
export async function aCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const made = await selfsigned.generate([{ name: "commonName", value: TLS_HOST }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: TLS_HOST }] }],
  });
  return { cert: made.cert, key: made.private };
}
