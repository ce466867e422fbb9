import http, { type IncomingMessage, type RequestListener } from "node:http";
import net, { type Socket } from "node:net";
import { pickFreePort } from "@cortensor/runtime";
import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { createNetworkFront } from "../src/index.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A router of which nothing matters but what reaches it. */
async function startRouter(answer: RequestListener): Promise<{ readonly port: number; readonly server: http.Server }> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, server };
}

/** `local` is public and first, `clinic` private. */
async function startFront(local: number, clinic: number, root = ["local"]): Promise<string> {
  const front = createNetworkFront({
    networks: [
      { name: "local", port: local, isPublic: true },
      { name: "clinic", port: clinic, isPublic: false },
    ],
    ...(root[0] === undefined ? {} : { root: root[0] }),
  });
  closers.push(() => front.close());
  return front.listen({ host: "127.0.0.1", port: 0 });
}

type Asked = { readonly method?: string; readonly headers?: http.OutgoingHttpHeaders; readonly body?: string };

/** By a path as it stands: no client's own reading of it. */
function open(front: string, path: string, { method = "GET", headers = {}, body }: Asked = {}) {
  const request = http.request({ port: new URL(front).port, host: "127.0.0.1", path, method, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  if (body !== undefined) request.end(body);
  return { request, answered };
}

async function ask(front: string, path: string, asked: Asked = {}) {
  const { answered } = open(front, path, { body: "", ...asked });
  const response = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

const named = (name: string): RequestListener => {
  return (request, response) => response.end(`${name} ${request.method} ${request.url}`);
};

describe("one address for several networks", () => {
  it("hands each path to its own router, the root to the network that stands there, with the query as it came", async () => {
    const [local, clinic] = [await startRouter(named("local")), await startRouter(named("clinic"))];
    const front = await startFront(local.port, clinic.port);
    expect((await ask(front, "/networks/clinic/v1/models/Qwen%2FQwen2.5?a=1")).text).toBe(
      "clinic GET /v1/models/Qwen%2FQwen2.5?a=1",
    );
    expect((await ask(front, "/networks/local/ready")).text).toBe("local GET /ready");
    expect((await ask(front, "/v1/models")).text).toBe("local GET /v1/models");
    expect((await ask(front, "/networks/clinic", { method: "DELETE" })).text).toBe("clinic DELETE /");
  });

  it("names public networks alone", async () => {
    const [local, clinic] = [await startRouter(named("local")), await startRouter(named("clinic"))];
    const front = await startFront(local.port, clinic.port);
    const { status, text } = await ask(front, "/networks");
    expect([status, JSON.parse(text)]).toEqual([200, { networks: [{ name: "local", path: "/networks/local" }] }]);
    expect((await ask(front, "/networks", { method: "POST" })).status).toBe(404);
  });

  it("refuses an unknown network as OpenAI does on its routes, by RFC 9457 elsewhere, and the root where nobody stands there", async () => {
    const [local, clinic] = [await startRouter(named("local")), await startRouter(named("clinic"))];
    const front = await startFront(local.port, clinic.port, []);
    const openAi = await ask(front, "/networks/nobody/v1/chat/completions", { method: "POST", body: "{}" });
    expect(openAi.status).toBe(404);
    expect(JSON.parse(openAi.text)).toMatchObject({ error: { code: "network_not_found", param: null } });
    const other = await ask(front, "/networks/nobody/api/v1/info");
    expect(other.headers["content-type"]).toContain("application/problem+json");
    expect(JSON.parse(other.text)).toMatchObject({ code: "network_not_found", status: 404 });
    expect((await ask(front, "/v1/models")).status).toBe(404);
    expect((await ask(front, "/networks/%63linic/v1/models")).status).toBe(404);
  });

  it.each([
    "/networks/local/../clinic/v1/models",
    "/networks/local/%2e%2e/clinic/v1/models",
    "/networks/local%2f..%2fclinic/v1/models",
    "/networks/local/..%2fclinic/v1/models",
    "/networks/local//clinic/v1/models",
    "//networks/clinic/v1/models",
  ])("refuses the path %s, and tells no router of it", async (path) => {
    let asked = 0;
    const count: RequestListener = (_request, response) => {
      asked += 1;
      response.end();
    };
    const [local, clinic] = [await startRouter(count), await startRouter(count)];
    const front = await startFront(local.port, clinic.port);
    const { status, text } = await ask(front, path);
    expect([status, asked]).toEqual([400, 0]);
    expect(text).toContain("invalid_request");
  });

  it("takes headers of a connection from no side to the other, and leaves the rest as they came", async () => {
    let seen: IncomingMessage | undefined;
    const local = await startRouter((request, response) => {
      seen = request;
      response.writeHead(201, ["X-Own", "kept", "Keep-Alive", "timeout=999", "Set-Cookie", "a", "Set-Cookie", "b"]);
      response.end("{}");
    });
    const front = await startFront(local.port, local.port);
    const headers = {
      ...{ connection: "keep-alive, x-hop, content-length", "x-hop": "1", te: "trailers" },
      ...{ "proxy-authorization": "secret", authorization: "Bearer kept", "content-length": 2 },
    };
    const answer = await ask(front, "/networks/local/v1/x", { method: "POST", headers, body: "{}" });
    expect(seen?.headers).toMatchObject({ authorization: "Bearer kept", "content-length": "2" });
    for (const name of ["x-hop", "te", "proxy-authorization"]) expect(seen?.headers).not.toHaveProperty(name);
    expect(answer).toMatchObject({ status: 201, headers: { "x-own": "kept", "set-cookie": ["a", "b"] } });
    expect(answer.headers["keep-alive"]).not.toBe("timeout=999");
  });

  it("passes a stream's head and first chunk on before the last one is made", async () => {
    let end: () => void = () => undefined;
    const local = await startRouter((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      end = () => response.end("data: last\n\n");
      response.write("data: first\n\n");
    });
    const front = await startFront(local.port, local.port);
    const response = await open(front, "/networks/local/v1/x", { body: "" }).answered;
    const chunks = response[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe("data: first\n\n");
    end();
    expect(String((await chunks.next()).value)).toBe("data: last\n\n");
    expect((await chunks.next()).done).toBe(true);
  });

  it("doesn't read from a router what its client doesn't read", async () => {
    const whole = 64 * 1_048_576;
    let written = 0;
    const local = await startRouter((request, response) => {
      if (request.url === "/small") return void response.end();
      const chunk = Buffer.alloc(65_536);
      const more = (): void => {
        while (written < whole) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const front = await startFront(local.port, local.port);
    const response = await open(front, "/networks/local/v1/x", { body: "" }).answered;
    response.pause();
    // All are in this process: what isn't held back has passed by the time that so many others have been answered.
    for (let at = 0; at < 100; at += 1) await ask(front, "/networks/local/small");
    expect(written).toBeLessThan(whole / 2);
    let read = 0;
    for await (const chunk of response) read += chunk.length;
    expect(read).toBe(whole);
  });

  it("takes a client's going to its router, and a router's going to its client", async () => {
    let gone: () => void = () => undefined;
    const isGone = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const sockets: Socket[] = [];
    const local = await startRouter((request, response) => {
      sockets.push(request.socket);
      response.once("close", gone);
      response.write("half");
    });
    const front = await startFront(local.port, local.port);
    const first = open(front, "/networks/local/v1/x", { body: "" });
    await first.answered;
    first.request.destroy();
    await isGone;
    const second = await open(front, "/networks/local/v1/x", { body: "" }).answered;
    sockets.at(-1)?.destroy();
    await expect(second.toArray()).rejects.toThrow("aborted");
  });

  it("leaves a body's bounds to the router, whose refusal is read while the body is still on its way", async () => {
    const local = await startRouter((request, response) => {
      response.writeHead(413, { connection: "close" });
      response.end("too large");
      request.resume();
    });
    const front = await startFront(local.port, local.port);
    const { request, answered } = open(front, "/networks/local/v1/x", { method: "POST" });
    request.write("a");
    expect((await answered).statusCode).toBe(413);
    request.destroy();
  });

  it("answers for a router that isn't there, and for it alone; and is asked in vain no longer once it is back", async () => {
    const port = await pickFreePort();
    const local = await startRouter(named("local"));
    const front = await startFront(local.port, port);
    const away = await ask(front, "/networks/clinic/v1/models");
    expect(away).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    expect(JSON.parse(away.text).error.code).toBe("temporarily_unavailable");
    expect((await ask(front, "/networks/local/v1/models")).status).toBe(200);
    const back = http.createServer(named("clinic"));
    await new Promise<void>((resolve) => back.listen(port, "127.0.0.1", resolve));
    closers.push(async () => {
      back.closeAllConnections();
      await new Promise((resolve) => back.close(resolve));
    });
    expect((await ask(front, "/networks/clinic/v1/models")).text).toBe("clinic GET /v1/models");
  });

  it("passes a WebSocket's bytes as they are, both ways, and ends one side with the other", async () => {
    let seen: IncomingMessage | undefined;
    const local = await startRouter(named("local"));
    local.server.on("upgrade", (request, socket, head) => {
      seen = request;
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.write(head);
      socket.on("data", (bytes) => (bytes.toString() === "end" ? socket.end() : socket.write(bytes)));
    });
    const front = await startFront(local.port, await pickFreePort());
    const dial = (path: string, upgrade = "websocket") => {
      const socket = net.connect(Number(new URL(front).port), "127.0.0.1");
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Own: kept\r\nUpgrade: ${upgrade}\r\nConnection: Upgrade\r\n\r\nhello`,
      );
      socket.setEncoding("latin1");
      return socket;
    };
    const socket = dial("/networks/local/wire");
    let text = "";
    for await (const chunk of socket) {
      text += chunk;
      if (text.endsWith("hello")) socket.write("there");
      if (text.endsWith("there")) socket.write("end");
    }
    expect(text).toMatch(/^HTTP\/1.1 101 [\s\S]*\r\n\r\nhellothere$/);
    expect(seen?.url).toBe("/wire");
    expect(seen?.headers).toMatchObject({ "x-own": "kept", upgrade: "websocket", connection: "Upgrade" });
    const refused = async (path: string, upgrade?: string) => (await dial(path, upgrade).toArray()).join("");
    expect(await refused("/networks/clinic/wire")).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: 2/);
    expect(await refused("/networks/nobody/wire")).toMatch(/^HTTP\/1.1 404 /);
    expect(await refused("/networks/local/../clinic/wire")).toMatch(/^HTTP\/1.1 400 /);
    expect(await refused("/networks/local/wire", "h2c")).toMatch(/^HTTP\/1.1 400 /);
  });

  it("is a base URL of OpenAI's own client", async () => {
    const local = await startRouter((request, response) => {
      const body = { object: "list", data: [{ id: request.url ?? "", object: "model" }] };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    const front = await startFront(local.port, local.port);
    const client = new OpenAI({ baseURL: `${front}/networks/clinic/v1`, apiKey: "key" });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(["/v1/models"]);
  });
});
