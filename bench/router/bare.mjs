import { Agent, request as ask, createServer } from "node:http";

/** The floor: a Node pass-through that reads the body and pipes the answer. Nothing is checked, held, metered or signed. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const target = Number(process.env.TARGET_PORT);
const server = createServer((incoming, outgoing) => {
  const parts = [];
  incoming.on("data", (part) => parts.push(part));
  incoming.on("end", () => {
    const body = Buffer.concat(parts);
    JSON.parse(body.toString());
    const upstream = ask(
      {
        agent,
        port: target,
        host: "127.0.0.1",
        method: "POST",
        path: incoming.url,
        headers: { "content-type": "application/json", "content-length": body.length },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      },
    );
    upstream.end(body);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
