import { createServer } from "node:http";
import { z } from "zod";

const asked = z.object({ method: z.string(), params: z.unknown() });

/** What an RPC makes of a true answer. Whatever it gives back is sent; undefined leaves the answer as it is. */
export type Lie = (method: string, result: unknown, params: unknown) => unknown;
export type LyingRpc = { readonly url: string; lie(lie: Lie): void; stop(): Promise<void> };

/** A real server before a real one, which lies where it is told to. */
export async function startLyingRpc(to: string): Promise<LyingRpc> {
  let lie: Lie = () => undefined;
  const answer = async (body: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const true_ = await (await fetch(to, { method: "POST", headers, body })).text();
    const { method, params } = asked.parse(JSON.parse(body));
    const whole = z.looseObject({ result: z.unknown().optional() }).parse(JSON.parse(true_));
    const lied = lie(method, whole.result, params);
    return lied === undefined ? true_ : JSON.stringify({ ...whole, result: lied });
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(Buffer.from(part));
    response.setHeader("content-type", "application/json").end(await answer(Buffer.concat(parts).toString("utf8")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("The server has no port");
  return {
    url: `http://127.0.0.1:${at.port}`,
    lie(next) {
      lie = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
