import { once } from "node:events";
import http from "node:http";

type Call = { readonly id: unknown; readonly method: string; readonly params?: readonly unknown[] };

/** What a door does with a call: passes it on, cuts the connection (before or behind the chain), or answers itself. */
export type DoorRule =
  | { readonly kind: "pass" }
  | { readonly kind: "cut" }
  | { readonly kind: "cutAnswer" }
  | { readonly kind: "answer"; readonly body: string };

export type RpcDoor = {
  readonly url: string;
  /** Methods that were asked here, in order. */
  readonly asked: readonly string[];
  /** Decides for each call from now on. */
  rule: (method: string) => DoorRule;
  close(): Promise<void>;
};

export const PASS: DoorRule = { kind: "pass" };

/** An RPC URL in front of a real chain: what can go wrong on the way to one goes wrong here. */
export async function openRpcDoor(chainUrl: string): Promise<RpcDoor> {
  const asked: string[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method } = JSON.parse(body) as Call;
    asked.push(method);
    const rule = door.rule(method);
    if (rule.kind === "cut") return void response.destroy();
    if (rule.kind === "answer") return void response.setHeader("content-type", "application/json").end(rule.body);
    const answer = await fetch(chainUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await answer.text();
    if (rule.kind === "cutAnswer") return void response.destroy();
    response.setHeader("content-type", "application/json").end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const door: RpcDoor = {
    url: `http://127.0.0.1:${port}`,
    asked,
    rule: () => PASS,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return door;
}
