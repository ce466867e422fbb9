import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { CANARY_SHAPES_MIN } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import OpenAI, { toFile } from "openai";
import { fundedWallet } from "./fundedWallet.js";
import { resultOf, runCommand } from "./runCommand.js";
import type { DocumentHost } from "./startDocumentHost.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

const COR = 10n ** 18n;
const RECEIPT_MS = 20_000;
const INDEX_MS = 60_000;

/** Ways to ask, each of which has words of its own. */
export const WAYS = ["open", "sealed", "canary", "unaudited", "sink", "file", "hosted", "byCid", "onChain"] as const;
export type Way = (typeof WAYS)[number];

/** Words that stand nowhere else: `asked` in a question alone, `said` in its last message, which a scripted miner says back. */
export type Words = { readonly asked: string; readonly said: string };

/** Every word begins alike, so that one look through a place finds whether any stands there. */
export function makeWords(): { readonly beginning: string; readonly words: Readonly<Record<Way, Words>> } {
  const beginning = `zq${letters(16)}`;
  const word = () => `${beginning}${letters(12)}`;
  const both = () => ({ asked: word(), said: word() });
  return {
    beginning,
    words: {
      ...{ open: both(), sealed: both(), canary: both(), unaudited: both(), sink: both() },
      ...{ file: both(), hosted: both(), byCid: both(), onChain: both() },
    },
  };
}

function letters(count: number): string {
  return [...randomBytes(count)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
}

type Places = { readonly network: Network; readonly host: DocumentHost; readonly clientFolder: string };

/** Asks by each way once, and waits until what is written afterwards is written. */
export async function askEveryWay({ network, host, clientFolder }: Places, words: Readonly<Record<Way, Words>>) {
  await askWithSink(network, clientFolder, words.sink);
  await askOfFile(network, words.file);
  await askOfHosted(network, host, words.hosted);
  await Promise.all([enqueue(network, "cid", words.byCid), enqueue(network, "prompt", words.onChain)]);
  await askOpen(network, words.open);
  // Last, so that their words would still be in memory.
  await askSealed(network, words.sealed);
  await askUnaudited(network, words.unaudited);
  await askCanary(network, words.canary);
}

/** A conversation whose first message has the one word, and its last the other. */
function conversation({ asked, said }: Words) {
  return [
    { role: "system", content: `Never forget ${asked} here.` },
    { role: "user", content: `Say ${said} now.` },
  ] as const;
}

const greedy = { temperature: 0, maxTokens: 256 } as const;

function requireSaid(text: string, { said }: Words): void {
  if (!text.includes(said)) throw new Error(`the answer lacks its word: ${text}`);
}

async function askOpen(network: Network, words: Words): Promise<void> {
  const { text, taskId } = await network.client.chat(conversation(words), greedy);
  requireSaid(text, words);
  await network.client.receipt(taskId, { waitMs: RECEIPT_MS });
}

async function askSealed(network: Network, words: Words): Promise<void> {
  const { url: baseUrl, apiKey, profile: deployment } = network;
  const client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed" });
  await until("prekeys on chain and with the router", async () => {
    const answer = await client.chat("hello", { maxTokens: 4 }).catch(() => undefined);
    return answer === undefined ? undefined : true;
  });
  const { text, taskId } = await client.chat(conversation(words), greedy);
  requireSaid(text, words);
  await client.receipt(taskId, { waitMs: RECEIPT_MS });
  let streamed = "";
  const told = `${words.asked}, and ${words.said}`;
  for await (const event of client.streamComplete(told, { ...greedy, suite: "xwing" }))
    if (event.kind === "text") streamed += event.text;
  requireSaid(streamed, words);
}

/** Sealed, and nobody checks it. */
async function askUnaudited(network: Network, words: Words): Promise<void> {
  const { url: baseUrl, apiKey, profile: deployment } = network;
  const client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", audit: "none" });
  const { text, taskId, sealing } = await client.chat(conversation(words), greedy);
  requireSaid(text, words);
  if (sealing?.audit !== "none") throw new Error(`it is called ${sealing?.audit}`);
  await client.receipt(taskId, { waitMs: RECEIPT_MS });
}

/** A canary, made of a text that the client gives, behind as many real tasks as it hides among: they are as long. */
async function askCanary(network: Network, words: Words): Promise<void> {
  const { url: baseUrl, apiKey, profile: deployment } = network;
  const text = `Never forget ${words.asked}. Say ${words.said} now.`;
  const canaries = { rate: 1, texts: [text] };
  const client = createCortensor({ baseUrl, apiKey, deployment, privacy: "sealed", canaries });
  // What a task gives of its shape is booked behind its answer: the last of them may not be yet.
  for (let asked = 0; (await client.canaries.miners()).length === 0; asked += 1) {
    if (asked === 2 * CANARY_SHAPES_MIN) throw new Error("no canary was answered");
    await client.chat("hello ".repeat(Math.ceil(text.length / 6)), greedy);
    await client.canaries.settle();
  }
}

async function askWithSink(network: Network, folder: string, words: Words): Promise<void> {
  const client = createCortensor({ baseUrl: network.url, wallet: await fundedWallet(network, 20n * COR) });
  await client.openSession({ name: "recorded", depositWei: 10n * COR, params: { engine: "any" } });
  await until("session at the router", () =>
    client.setSink(`sqlite:${join(folder, "answers.db")}`).then(
      () => true as const,
      () => undefined,
    ),
  );
  requireSaid((await client.chat(conversation(words), greedy)).text, words);
  await until("delivered record", async () => ((await client.sink()).deliveredThrough === 1 ? true : undefined));
}

async function askOfFile(network: Network, { asked, said }: Words): Promise<void> {
  const openai = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, maxRetries: 0 });
  const file = await toFile(Buffer.from(`The harbour of ${asked} is old.`), "harbour.txt");
  const { id } = await openai.files.create({ file, purpose: "assistants" });
  const store = await openai.vectorStores.create({ name: "harbours", file_ids: [id] });
  const isDone = async () => ((await openai.vectorStores.retrieve(store.id)).status === "completed" ? true : undefined);
  await until("embedded file", isDone, INDEX_MS);
  const answer = await openai.chat.completions.create({
    ...{ model: network.model, temperature: 0, max_tokens: 256 },
    messages: [{ role: "user", content: `Which harbour is old, ${said}?` }],
    // OpenAI's types have this tool among its responses' alone.
    tools: [{ type: "file_search", vector_store_ids: [store.id], max_num_results: 1 }] as never,
  });
  requireSaid(answer.choices[0]?.message.content ?? "", { asked, said });
}

async function askOfHosted(network: Network, host: DocumentHost, words: Words): Promise<void> {
  const document = `The bridge of ${words.asked} is long.`;
  host.serve(document);
  const sha256 = createHash("sha256").update(document).digest("hex");
  const hosted = { url: `http://127.0.0.1:${host.port}/bridge.txt`, sha256, bytes: document.length };
  const content = [
    { type: "hosted", hosted },
    { type: "text", text: `Which bridge is long, ${words.said}?` },
  ];
  const response = await fetch(`${network.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${network.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      ...{ model: network.model, temperature: 0, max_tokens: 256 },
      messages: [{ role: "user", content }],
    }),
  });
  requireSaid(await response.text(), words);
}

async function enqueue(network: Network, payload: "cid" | "prompt", { asked, said }: Words): Promise<void> {
  const options = ["--as", "operator", "--account", String(network.account), "--max-tokens", "256"];
  const args = ["queue", "enqueue", `Say ${asked} and ${said} now.`, ...options, "--payload", payload];
  const ran = resultOf(await runCommand(["--home", network.home, ...args]));
  requireSaid(JSON.stringify(ran.answers), { asked, said });
}
