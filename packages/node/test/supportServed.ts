import type { Feature } from "@cortensor/api";
import { openClientSink, parseSinkTarget } from "@cortensor/data";
import { createScriptedEngine } from "@cortensor/engine";
import {
  combineShares,
  decodeEnvelope,
  openSample,
  openShare,
  type Privacy,
  portableAead,
  type SamplingParams,
  type SealedEvent,
} from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { expect } from "vitest";
import { Gate } from "./gate.js";
import { SealedClient } from "./sealedClient.js";
import { sharingGuards, shelfOfTest } from "./sharingGuards.js";
import { aFile, rowsOf } from "./sinkNetwork.js";
import { ANSWER, type Cast, FACT, startCast, untilSealing } from "./supportCast.js";
import { API_KEY, aRequest, ask, receiptOf, until } from "./testNetwork.js";

type Check = () => Promise<void>;
/** What a router sees sizes of, alone: on a network of anybody's, or of its members alone. */
type Sealed = "sealed" | "private";
/** Tokens that come before an answer is held back: frames leave once there are some. */
const FIRST_TOKENS = 40;
const QUESTION = "Tell me numbers.";

/** How it shows that a cell is served: one check for each that SUPPORT calls so. */
export const SERVED: { readonly [F in Feature]?: { readonly [P in Privacy]?: Check } } = {
  answers: { open: () => openAnswer("answers"), ...sealedWays((of) => sealedAnswer("answers", of)) },
  streaming: { open: openStreams, ...sealedWays((of) => sealedStreams(of)) },
  handOver: { open: openHandsOver, ...sealedWays((of) => sealedHandsOver(of)) },
  tokenCounts: { open: openCounts, ...sealedWays((of) => sealedCounts(of)) },
  holds: { open: openHolds, ...sealedWays((of) => sealedHolds(of)) },
  stopRules: { open: openStops, ...sealedWays((of) => sealedStops(of)) },
  redundancy: { open: comparesCopies },
  fileSearch: { open: searchesFiles },
  sinks: { open: fillsSink, ...sealedWays((of) => fillsOwnSink(of)) },
  embeddings: { open: embeds },
  notValidated: { open: () => openAnswer("notValidated"), ...sealedWays((of) => sealedAnswer("notValidated", of)) },
  checked: { open: isChecked },
  auditNone: { open: () => openAnswer("auditNone"), ...sealedWays((of) => sealedAnswer("auditNone", of)) },
  auditCanary: sealedWays((of) => sealedCanary(of)),
  auditAuditable: sealedWays((of) => sealedAuditable(of)),
  sessionQueue: { open: () => takesQueued("sessionQueue") },
  oracle: { open: () => takesQueued("oracle") },
};

function sealedWays(check: (privacy: Sealed) => Promise<void>): Readonly<Record<Sealed, Check>> {
  return { sealed: () => check("sealed"), private: () => check("private") };
}

const completion = (cast: Cast, more: object = {}) =>
  cast.door.call("POST", "/v1/completions", {
    body: { model: cast.model, prompt: QUESTION, max_tokens: 512, temperature: 0, ...more },
  });

async function startSealedCast(
  feature: Feature,
  privacy: Sealed,
  options: Parameters<typeof startCast>[2] = {},
): Promise<Cast> {
  const cast = await startCast(privacy, feature, options);
  await untilSealing(cast, (options.miners?.length ?? 1) - 1);
  return cast;
}

async function answerSealed(cast: Cast, sampling: Partial<SamplingParams> = {}, onEvent?: (of: SealedClient) => void) {
  const client = new SealedClient(cast, QUESTION, sampling);
  const done = await client.answer(await client.assigned(), (event: SealedEvent) => {
    if (event.kind === "frame" && client.text !== "") onEvent?.(client);
  });
  if (done?.kind !== "done") throw new Error(JSON.stringify(done));
  return { client, done };
}

/** By its default terms alone: they name no audit and no validators. */
async function openAnswer(feature: Feature): Promise<void> {
  const cast = await startCast("open", feature);
  const said = await completion(cast, { validation: "none" });
  expect(said).toMatchObject({ status: 200, json: { choices: [{ text: ANSWER }], cortensor: { proof: "unproved" } } });
  const messages = [{ role: "user", content: QUESTION }];
  const chat = await cast.door.call("POST", "/v1/chat/completions", {
    body: { model: cast.model, messages, temperature: 0 },
  });
  expect(chat.json).toMatchObject({ choices: [{ message: { content: ANSWER } }] });
}

async function sealedAnswer(feature: Feature, privacy: Sealed): Promise<void> {
  const cast = await startSealedCast(feature, privacy);
  const { client, done } = await answerSealed(cast);
  expect(client.text).toBe(ANSWER);
  expect(done.label).toBe("unproved");
  expect(done.sealing.audit).toBe(feature === "auditNone" || privacy === "private" ? "none" : "canary");
  expect((await receiptOf(cast, done.taskId)).sealing).toEqual(done.sealing);
}

async function sealedCanary(privacy: Sealed): Promise<void> {
  const cast = await startSealedCast("auditCanary", privacy);
  const { client, done } = await answerSealed(cast);
  expect(client.text).toBe(ANSWER);
  expect(done).toMatchObject({ label: "unproved", sealing: { audit: "canary" } });
}

/** Any two of two guards open what the router kept, and it is what the client read; without shares, or with a part of another task's, nothing runs. */
async function sealedAuditable(privacy: Sealed): Promise<void> {
  const samples = shelfOfTest();
  const cast = await startSealedCast("auditAuditable", privacy, { samples });
  const { guards, setHash, share } = await sharingGuards();
  const bare = new SealedClient(cast, QUESTION);
  const { envelope, dataKey } = await bare.seal(await bare.assigned());
  const other = await share({ taskId: `0x${"07".repeat(32)}`, dataKey });
  for (const beside of [{}, { shared: other }])
    expect(await bare.send(envelope, envelope.taskId, beside)).toMatchObject({
      refusal: { code: "envelope_refused" },
    });
  const client = new SealedClient(cast, QUESTION);
  const done = await client.answer(await client.assigned(), () => undefined, share);
  if (done?.kind !== "done") throw new Error(JSON.stringify(done));
  expect(done.sealing).toMatchObject({ audit: "auditable", opening: { guards: 2, threshold: 2 } });
  expect((await receiptOf(cast, done.taskId)).sealing).toEqual(done.sealing);
  await until(async () => (await samples.find(done.taskId)) !== undefined);
  const sample = await samples.find(done.taskId);
  if (sample === undefined) throw new Error("no sample");
  const released = await Promise.all(
    guards.map(async ({ guard, privateKey }) => {
      const own = await openShare(sample.shared, { guard, privateKey, aead: portableAead });
      return { guard, share: own ?? new Uint8Array() };
    }),
  );
  expect(await combineShares(sample.shared, released.slice(1))).toMatchObject({ kind: "tooFew" });
  const key = await combineShares(sample.shared, released);
  if (key.kind !== "opened") throw new Error(key.kind);
  const opening = { ...sample, envelope: decodeEnvelope(sample.envelope), dataKey: key.dataKey, aead: portableAead };
  expect(openSample(opening)).toMatchObject({ kind: "opened", text: ANSWER, request: { prompt: { text: QUESTION } } });
  const cut = openSample({ ...opening, frames: opening.frames.slice(0, -1) });
  expect(cut).toEqual({ kind: "faulty", fault: "truncated" });
  const lied = openSample({ ...opening, result: { ...sample.result, tokenRoot: setHash } });
  expect(lied).toEqual({ kind: "faulty", fault: "otherTokens" });
}

async function openStreams(): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startCast("open", "streaming", { gate });
  const response = await fetch(`${cast.door.url}/v1/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: cast.model, prompt: QUESTION, max_tokens: 512, temperature: 0, stream: true }),
  });
  let text = "";
  if (response.body === null) throw new Error("no body");
  for await (const bytes of response.body) {
    text += new TextDecoder().decode(bytes);
    // The last token isn't made before the client has the first chunk.
    if (text.includes('"text":"')) gate.open();
  }
  expect(gate.holder).toBe("anna");
  expect(text).toContain("data: [DONE]");
}

async function sealedStreams(privacy: Sealed): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startSealedCast("streaming", privacy, { gate });
  let atFirst = "";
  const { client } = await answerSealed(cast, {}, ({ text }) => {
    if (atFirst === "") atFirst = text;
    gate.open();
  });
  expect(gate.holder).toBe("anna");
  expect(ANSWER.startsWith(atFirst) && atFirst.length < ANSWER.length).toBe(true);
  expect(client.text).toBe(ANSWER);
}

/** Ends the miner that has the task, once. */
function stopping(
  cast: Cast,
  gate: Gate,
): { readonly stop: () => void; readonly stopped: () => Promise<void> | undefined } {
  let stopped: Promise<void> | undefined;
  return {
    stop: () => {
      stopped ??= cast.miners.get(gate.holder ?? "nobody")?.stop();
    },
    stopped: () => stopped,
  };
}

async function openHandsOver(): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startCast("open", "handOver", { miners: ["anna", "bert"], gate });
  const { stop, stopped } = stopping(cast, gate);
  const onEvent = (event: { readonly kind: string }) => (event.kind === "text" ? stop() : undefined);
  const answer = await ask(cast, aRequest(cast, QUESTION), { onEvent });
  await stopped();
  expect(answer.text).toBe(ANSWER);
  expect(answer.done).toMatchObject({ segments: 2 });
}

async function sealedHandsOver(privacy: Sealed): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startSealedCast("handOver", privacy, { miners: ["anna", "bert"], gate });
  const { stop, stopped } = stopping(cast, gate);
  const { client, done } = await answerSealed(cast, {}, stop);
  await stopped();
  expect(client.text).toBe(ANSWER);
  expect(done.sealing.readers).toHaveLength(2);
  expect(client.events.filter(({ kind }) => kind === "reassigned")).toHaveLength(1);
}

const promptTokens = async (): Promise<number> =>
  (await createScriptedEngine().tokenizePrompt({ kind: "text", text: QUESTION })).length;

async function openCounts(): Promise<void> {
  const cast = await startCast("open", "tokenCounts");
  const { ids, taskId } = await ask(cast, aRequest(cast, QUESTION));
  const { receipt } = await receiptOf(cast, taskId);
  expect(receipt).toMatchObject({ nIn: await promptTokens(), nOut: ids.length });
  expect(ids.length).toBeGreaterThan(FIRST_TOKENS);
}

async function sealedCounts(privacy: Sealed): Promise<void> {
  const cast = await startSealedCast("tokenCounts", privacy);
  const { client, done } = await answerSealed(cast);
  const { receipt } = await receiptOf(cast, done.taskId);
  expect(receipt).toMatchObject({ nIn: await promptTokens(), nOut: client.ids.length });
  expect(client.ids.length).toBeGreaterThan(FIRST_TOKENS);
}

async function openHolds(): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startCast("open", "holds", { gate });
  const answering = ask(cast, aRequest(cast, QUESTION));
  await until(() => gate.holder !== undefined);
  await isFreedAfter(cast, gate, async () => (await answering).taskId);
}

async function sealedHolds(privacy: Sealed): Promise<void> {
  const gate = new Gate(FIRST_TOKENS);
  const cast = await startSealedCast("holds", privacy, { gate });
  const answering = answerSealed(cast);
  await until(() => gate.holder !== undefined);
  await isFreedAfter(cast, gate, async () => (await answering).done.taskId);
}

/** The largest fee is held while the task runs; after it nothing is, and its fee alone is spent. */
async function isFreedAfter(cast: Cast, gate: Gate, ended: () => Promise<`0x${string}`>): Promise<void> {
  const { heldWei } = await cast.money();
  expect(heldWei).toBeGreaterThan(0n);
  gate.open();
  const { receipt } = await receiptOf(cast, await ended());
  expect(receipt.feeWei).toBeGreaterThan(0n);
  expect(receipt.feeWei).toBeLessThanOrEqual(heldWei);
  await until(async () => (await cast.money()).heldWei === 0n);
  expect(await cast.money()).toEqual({ heldWei: 0n, spentWei: receipt.feeWei });
}

async function openStops(): Promise<void> {
  const cast = await startCast("open", "stopRules");
  const said = await completion(cast, { stop: ["four"] });
  expect(said.json).toMatchObject({ choices: [{ text: "one, two, three, ", finish_reason: "stop" }] });
}

async function sealedStops(privacy: Sealed): Promise<void> {
  const cast = await startSealedCast("stopRules", privacy);
  const { client, done } = await answerSealed(cast, { stop: ["four"] });
  expect([client.text, done.finish]).toEqual(["one, two, three, ", "stop"]);
}

async function comparesCopies(): Promise<void> {
  const cast = await startCast("open", "redundancy", { miners: ["anna", "bert", "carl"] });
  const said = await completion(cast);
  expect(said.json).toMatchObject({ choices: [{ text: ANSWER }], cortensor: { copies: { asked: 3, arrived: 3 } } });
}

async function isChecked(): Promise<void> {
  const cast = await startCast("open", "checked", { miners: ["anna", "bert"] });
  const said = await completion(cast);
  expect(said.json).toMatchObject({ choices: [{ text: ANSWER }], cortensor: { checked: { verdict: "holds" } } });
}

async function searchesFiles(): Promise<void> {
  const cast = await startCast("open", "fileSearch");
  const messages = [{ role: "user", content: "Where does Malenda live?" }];
  const tools = [{ type: "file_search", vector_store_ids: ["vs_1"] }];
  const chat = (more: object) =>
    cast.door.call("POST", "/v1/chat/completions", { body: { model: cast.model, messages, temperature: 0, ...more } });
  const [bare, found] = [await chat({}), await chat({ tools })];
  const citation = { type: "file_citation", file_id: "file_1", filename: "people.txt" };
  expect(found.json).toMatchObject({ choices: [{ message: { annotations: [citation] } }] });
  const [without, withFact] = [bare, found].map(({ text }) => Number(/"prompt_tokens":(\d+)/.exec(text)?.[1]));
  // What was found is prompt: at least its bytes, three to a token.
  expect((withFact ?? 0) - (without ?? 0)).toBeGreaterThanOrEqual(FACT.length / 3 - 1);
}

async function fillsSink(): Promise<void> {
  const cast = await startCast("open", "sinks");
  const target = aFile();
  const set = await cast.door.call("POST", "/api/v1/sink", { bearer: await cast.door.owner(), body: { target } });
  expect(set.status).toBe(200);
  await completion(cast);
  await until(async () => (await rowsOf(target).catch(() => [])).length === 1);
  expect(await rowsOf(target)).toMatchObject([{ prompt: QUESTION, result: ANSWER }]);
}

/** The router can't read it: it refuses to, and the client's own sink gets what only the client knows, and the router's receipt. */
async function fillsOwnSink(privacy: Sealed): Promise<void> {
  const cast = await startSealedCast("sinks", privacy);
  const target = aFile();
  const bearer = await cast.door.owner();
  expect(await cast.door.call("POST", "/api/v1/sink", { bearer, body: { target } })).toMatchObject({
    status: 400,
    json: { code: "sink_refused" },
  });
  const sink = await openClientSink({
    ...{ target: parseSinkTarget(target), folder: `${target.slice("sqlite:".length)}.outbox`, holder: "test" },
    ...{ router: cast.door.url, receiptOf: (_router, taskId) => cast.gateway.findReceipt(taskId) },
    ...{ clock: systemClock, random: Math.random, log: silentLogger },
  });
  const client = new SealedClient(cast, QUESTION);
  const assigned = await client.assigned();
  const { taskId } = assigned.assignment;
  const task = { taskId, model: cast.model, prompt: { kind: "text", text: QUESTION }, askedAtMs: Date.now() } as const;
  await sink.recorder.admit();
  await sink.recorder.begun(task);
  await client.answer(assigned);
  await sink.recorder.ended({ ...task, text: client.text, isWhole: true, answeredAtMs: Date.now() });
  expect(await sink.drain(new AbortController().signal)).toBe(true);
  await sink.close();
  expect(await rowsOf(target)).toMatchObject([{ sequence: 1, task_id: taskId, prompt: QUESTION, result: ANSWER }]);
}

async function embeds(): Promise<void> {
  const cast = await startCast("open", "embeddings");
  const said = await cast.door.call("POST", "/v1/embeddings", { body: { model: cast.model, input: ["one", "two"] } });
  expect(said).toMatchObject({ status: 200, json: { data: [{ index: 0 }, { index: 1 }] } });
}

/** Held for, and given to a miner on chain: the way from there is tested over a real chain, in `sessionQueue.test.ts` and `inferenceOracle.test.ts`. */
async function takesQueued(feature: "sessionQueue" | "oracle"): Promise<void> {
  const cast = await startCast("open", feature);
  cast.queue.enqueue(aRequest(cast, QUESTION, { maxTokens: 8 }), {
    privacy: "open",
    isOfContract: feature === "oracle",
  });
  await until(() => cast.queue.assigned !== undefined);
  expect(cast.queue.assigned).toEqual([cast.miners.get("anna")?.address]);
  expect(cast.heldAtAssignment[0]).toBeGreaterThan(0n);
}
