import { createServer } from "node:http";

/** What stands behind the peers' arms: an OpenAI-compatible server that answers at once, in its own process. */
const TOKENS = JSON.parse(process.env.MOCK_TOKENS);
const unary = (count) =>
  JSON.stringify({
    id: "chatcmpl-mock",
    object: "chat.completion",
    created: 1,
    model: "mock",
    choices: [
      { index: 0, message: { role: "assistant", content: TOKENS.slice(0, count).join("") }, finish_reason: "length" },
    ],
    usage: { prompt_tokens: 10, completion_tokens: count, total_tokens: 10 + count },
  });
const event = (delta, finish) =>
  `data: ${JSON.stringify({ id: "chatcmpl-mock", object: "chat.completion.chunk", created: 1, model: "mock", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const { stream, max_tokens: count } = JSON.parse(text);
    if (!stream) {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(unary(count));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event({ role: "assistant", content: "" }, null));
    let sent = 0;
    // One event a write, a turn of the loop each: what an engine that makes tokens one by one looks like.
    const next = () => {
      if (sent === count) return response.end(`${event({}, "length")}data: [DONE]\n\n`);
      response.write(event({ content: TOKENS[sent] }, null));
      sent += 1;
      setImmediate(next);
    };
    next();
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
