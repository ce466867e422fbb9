import { readFile, stat } from "node:fs/promises";
import { JWKS_AGAIN_MS, JWKS_BYTES_MAX, JWKS_MS, JWKS_TIMEOUT_MS } from "./limits.js";
import { type ProviderKey, parseKeySet } from "./verifyToken.js";

/** An identity provider's keys, read once in a while. */
export type KeySource = {
  /** The keys; read again, though not at once, where none has this id. What can't be read leaves the keys as they were. */
  keys(kid: string): Promise<readonly ProviderKey[]>;
};

/** Keys of a file, or of an `https` address (`http` on this machine alone), which is followed nowhere else. */
export function createKeySource(parts: {
  readonly place: string;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}): KeySource {
  const { place, nowMs, onError } = parts;
  let known: readonly ProviderKey[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const read = async () => {
    readAtMs = nowMs();
    try {
      const keys = parseKeySet(/^https?:/.test(place) ? await fetchText(place) : await readText(place));
      if (keys === undefined) throw new Error("The provider's keys are no key set");
      known = keys;
    } catch (error) {
      onError(error);
    }
  };
  return {
    async keys(kid) {
      const age = nowMs() - readAtMs;
      if (age >= (known.some((key) => key.kid === kid) ? JWKS_MS : JWKS_AGAIN_MS)) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
      }
      await reading;
      return known;
    },
  };
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > JWKS_BYTES_MAX) throw new Error(`The provider's keys have ${size} bytes`);
  return readFile(file, "utf8");
}

async function fetchText(place: string): Promise<string> {
  const { protocol, hostname } = new URL(place);
  if (protocol !== "https:" && !["127.0.0.1", "localhost", "[::1]"].includes(hostname))
    throw new Error("A provider's keys are fetched over https alone");
  const response = await fetch(place, { redirect: "error", signal: AbortSignal.timeout(JWKS_TIMEOUT_MS) });
  if (!response.ok || response.body === null) throw new Error(`The provider answered ${response.status}`);
  let text = "";
  let bytes = 0;
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > JWKS_BYTES_MAX) throw new Error("The provider's keys are too many bytes");
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
