/** An answer within bounds of size and time. `bytes` is what a status of 2xx came with. */
export type HttpAnswer =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly status: number; readonly text: string }
  | { readonly kind: "tooLarge" };

/** What of a refusal's text is kept for people. */
const TEXT_BYTES_MAX = 300;

export type HttpRequest = {
  readonly url: string;
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Asks one address and follows it nowhere else. Rejects where it can't be reached in time. */
export async function askHttp(request: HttpRequest): Promise<HttpAnswer> {
  const { url, method = "GET", headers = {}, body, bytesMax, timeoutMs, signal } = request;
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const init = { method, headers, signal: within, redirect: "error", ...(body === undefined ? {} : { body }) } as const;
  const response = await fetch(url, init);
  const bytes = response.body === null ? new Uint8Array(0) : await collect(response.body, bytesMax);
  if (response.ok) return bytes === undefined ? { kind: "tooLarge" } : { kind: "bytes", bytes };
  const text = new TextDecoder().decode((bytes ?? new Uint8Array(0)).subarray(0, TEXT_BYTES_MAX));
  return { kind: "refused", status: response.status, text };
}

/** Undefined as soon as there is more than allowed. */
async function collect(body: NonNullable<Response["body"]>, bytesMax: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > bytesMax) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
