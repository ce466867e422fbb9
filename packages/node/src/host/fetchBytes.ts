/** Bytes of an HTTP answer, within a bound of size and of time; or why there are none. Goes to no other address than the one given. */
export type FetchedBytes =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "nothing"; readonly why: "missing" | "refused" | "tooLarge" | "unreachable" };

export async function fetchBytes(request: {
  readonly url: string;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<FetchedBytes> {
  const { url, bytesMax, timeoutMs, headers = {}, signal } = request;
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, { headers, signal: within, redirect: "error" });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { kind: "nothing", why: response.status === 404 ? "missing" : "refused" };
    }
    return await collect(response.body, bytesMax);
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: "nothing", why: "unreachable" };
  }
}

async function collect(body: NonNullable<Response["body"]>, bytesMax: number): Promise<FetchedBytes> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > bytesMax) return { kind: "nothing", why: "tooLarge" };
    parts.push(part);
  }
  return { kind: "bytes", bytes: Buffer.concat(parts) };
}
