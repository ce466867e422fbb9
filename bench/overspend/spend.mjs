import { Agent, request } from "node:http";

/** Prompts and answers of many lengths: fees that don't divide a budget evenly. A token is three letters here. */
const TOKENS_LEAST = 8;
const TOKENS_MORE = 40;
const PROMPTS = 24;
/** Every request has a connection of its own: all run at once. */
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });

export const questionOf = (index) => ({
  model: "scripted",
  maxTokens: TOKENS_LEAST + ((index * 7) % TOKENS_MORE),
  messages: [{ role: "user", content: "abc".repeat(TOKENS_LEAST + TOKENS_MORE + (index % PROMPTS)) }],
});

/** One question, straight to a router, and what came of it: answered, refused for want of money, cut off, or failed. */
export function ask(url, { apiKey, index }) {
  const { model, maxTokens, messages } = questionOf(index);
  const body = JSON.stringify({ model, messages, temperature: 0, max_tokens: maxTokens });
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  return new Promise((resolve) => {
    const cut = () => resolve({ kind: "cut" });
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", cut);
      response.on("close", () => resolve(response.complete ? outcomeOf(response, text) : { kind: "cut" }));
    });
    sent.on("error", cut);
    sent.end(body);
  });
}

function outcomeOf({ statusCode, headers }, text) {
  if (statusCode === 200) return { kind: "answered", taskId: headers["x-cortensor-task"] };
  const code = JSON.parse(text).error?.code;
  return { kind: code === "insufficient_balance" ? "refused" : "failed", statusCode, code };
}
