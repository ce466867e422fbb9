import { DOOR_ANSWER_BYTES_MAX, DOOR_TIMEOUT_MS } from "./limits.js";

/** Posts JSON-RPC to a URL and reads the answer, within bounds. Rejects when there is none. */
export async function askChain(
  url: string,
  body: string,
  bearer?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(DOOR_TIMEOUT_MS),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > DOOR_ANSWER_BYTES_MAX) throw new Error("The chain's answer is too large");
    chunks.push(chunk);
  }
  return { status: response.status, body: Buffer.concat(chunks).toString("utf8") };
}
