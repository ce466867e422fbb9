import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSealKeyPair,
  decodeSignedPrekeyBundle,
  encodeSignedPrekeyBundle,
  PROBE_TOKENS_MAX,
  signPrekeyBundle,
} from "@cortensor/protocol";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePorts } from "./harness/freePorts.js";
import { foundInMemory } from "./harness/processMemory.js";
import { openProxiedSink } from "./harness/proxiedSink.js";
import { readIfThere } from "./harness/readIfThere.js";
import { type RecordingProxy, startRecordingProxy } from "./harness/recordingProxy.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { startSinkDatabase } from "./harness/sinkDatabase.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { type StartedProcess, startProcess } from "./harness/startProcess.js";
import { freshKey } from "./harness/testMiner.js";
import { until } from "./harness/until.js";

/** Any run of so many characters of an answer would show it. */
const WINDOW = 16;
/** Tasks asked at each stage of a sink's test; more in deep runs. */
const SINK_TASKS = Number(process.env.CORTENSOR_OWN_SINK_RUNS ?? 2);
/** A file of the database's log has 16 MiB; what is larger is mapped, and mostly holes. */
const FILE_BYTES_MAX = 64 * 1_048_576;
const base64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));

describe("a question that is sealed to its miner, through real processes", () => {
  let network: Network;
  let proxy: RecordingProxy;
  let client: Cortensor;
  const proxies: StartedProcess[] = [];
  const homes: string[] = [];
  const marker = `marker-${randomBytes(8).toString("hex")}`;
  const question = `Tell me a story about ${marker}.`;
  const asked = { maxTokens: 48, temperature: 1 };

  beforeAll(async () => {
    network = await startNetwork({ args: ["--miners", "1"] });
    proxy = await startRecordingProxy(Number(new URL(network.url).port));
    client = clientOf({});
    await until("prekeys on chain and with the router", async () => {
      const answer = await client.chat("hello", { maxTokens: 4 }).catch(() => undefined);
      return answer === undefined ? undefined : true;
    });
  });
  afterAll(async () => {
    for (const { child, exited } of proxies) {
      child.kill("SIGINT");
      expect(await exited).toBe(0);
    }
    for (const home of homes) rmSync(home, { recursive: true, force: true });
    await proxy?.close();
    await network?.stop();
  });

  /** Everything it says goes past the recorder. */
  function clientOf(options: { readonly fetch?: typeof fetch; readonly suite?: "x25519" | "xwing" }): Cortensor {
    const baseUrl = `http://127.0.0.1:${proxy.port}`;
    return createCortensor({
      ...{ baseUrl, apiKey: network.apiKey, deployment: network.profile },
      ...{ privacy: "sealed", ...options },
    });
  }

  it("is answered, streamed and whole, chat and completion, and none of its words passes or stays with the router", async () => {
    const answer = await client.chat(question, asked);
    expect(answer.text.length).toBeGreaterThan(WINDOW);
    const [miner] = network.minerPids().keys();
    const sealing = { suite: "x25519", readers: [miner], audit: "canary" };
    expect(answer).toMatchObject({ proof: "unproved", sealing });
    const parts: string[] = [];
    // More than a fast machine makes between two frames, whatever is drawn.
    const long = { maxTokens: 240, temperature: 0 };
    for await (const event of client.streamComplete("Once upon a time", { ...long, suite: "xwing" })) {
      if (event.kind === "text") parts.push(event.text);
      if (event.kind === "end") expect(event).toMatchObject({ text: parts.join(""), sealing: { suite: "xwing" } });
    }
    expect(parts.length).toBeGreaterThan(1);
    const receipt = await client.receipt(answer.taskId, { waitMs: 20_000 });
    expect(receipt.receipt).toMatchObject({ nIn: answer.promptTokens, nOut: answer.completionTokens });
    expect(receipt.sealing).toEqual(answer.sealing);

    const secrets = [marker, ...windowsOf(answer.text), ...windowsOf(parts.join(""))];
    const { sent, received } = proxy.captured();
    expect(sent.length + received.length).toBeGreaterThan(4_096);
    for (const [name, bytes] of [
      ["the wire to the router", sent],
      ["the wire from the router", received],
      ["what the processes said", Buffer.from(JSON.stringify(network.output.lines))],
      ...filesIn(network.home),
    ] as const) {
      expect([name, secrets.filter((secret) => bytes.includes(secret))]).toEqual([name, []]);
    }
    // Its end: the same model answers what the router itself probes miners with, and begins its stories alike.
    expect(answer.completionTokens).toBeGreaterThan(PROBE_TOKENS_MAX);
    expect(foundInMemory(network.routerPid(), [marker, answer.text.slice(-2 * WINDOW)])).toEqual([]);
  });

  it("comes by the connection that the one before it came by", async () => {
    await client.chat("hello", { maxTokens: 4 });
    const before = proxy.connections();
    for (let ask = 0; ask < 3; ask += 1) await client.chat("hello", { maxTokens: 4 });
    expect(proxy.connections()).toBe(before);
  });

  it("would have shown its words, had it been asked in the open", async () => {
    const open = await client.chat(`${question} In the open.`, { ...asked, privacy: "open" });
    const { sent, received } = proxy.captured();
    expect(sent.includes(`${marker}. In the open`)).toBe(true);
    expect(windowsOf(open.text).some((words) => received.includes(words))).toBe(true);
    expect(foundInMemory(network.routerPid(), [marker])).toEqual([marker]);
  });

  it("isn't sealed to keys that a lying router puts in the miner's place", async () => {
    const refusedTasks: string[] = [];
    const lying = (change: (assigned: Assigned) => Assigned | Promise<Assigned>) =>
      lyingRouter((assigned) => {
        refusedTasks.push(assigned.assignment.taskId);
        return change(assigned);
      });
    const swapped = clientOf({ fetch: lying((assigned) => swapKeys(assigned)) });
    await expect(swapped.chat(question)).rejects.toMatchObject({
      data: { code: "SDK_PREKEY_FAULT", fault: "wrongSigner" },
    });
    const dearer = clientOf({
      fetch: lying((assigned) => ({ ...assigned, task: { ...assigned.task, privacy: "open" } })),
    });
    await expect(dearer.chat(question)).rejects.toMatchObject({
      data: { code: "SDK_ASSIGNMENT_FAULT", fault: "otherTask" },
    });
    const unsigned = clientOf({
      fetch: lying((assigned) => ({
        ...assigned,
        assignment: { ...assigned.assignment, weiPerTokenOut: "1" },
      })),
    });
    await expect(unsigned.chat(question)).rejects.toMatchObject({
      data: { code: "SDK_ASSIGNMENT_FAULT", fault: "unsigned" },
    });
    // What it refused it has given back: no miner's place waits half a minute for an envelope that won't come.
    expect(refusedTasks).toHaveLength(3);
    for (const task of refusedTasks) expect(await giveBack(task, network.apiKey)).toBe(404);
  });

  async function giveBack(task: string, bearer: string): Promise<number> {
    const headers = { authorization: `Bearer ${bearer}` };
    return (await fetch(`${network.url}/api/v1/assignments/${task}`, { method: "DELETE", headers })).status;
  }

  it("is refused by name where something of it can't be kept", async () => {
    await expect(client.chat(question, { seed: 7 })).rejects.toMatchObject({
      data: { code: "SDK_SEALED_UNSUPPORTED", option: "seed" },
    });
    await expect(client.chat(question, { validation: "check" })).rejects.toMatchObject({
      data: { code: "SDK_SEALED_UNSUPPORTED", option: "validation" },
    });
    await expect(client.embed([question])).rejects.toMatchObject({ data: { code: "SDK_SEALED_UNSUPPORTED" } });
  });

  it("is what the official OpenAI client gets through a proxy on its own machine, and no word of it in the open", async () => {
    const { url, key } = await startProxy(clientHome(), { CORTENSOR_API_KEY: network.apiKey });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const openai = new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
    const secret = `proxied-${randomBytes(8).toString("hex")}`;
    const body = { model: network.model, max_tokens: 24, messages: [{ role: "user" as const, content: secret }] };
    const whole = await openai.chat.completions.create(body).withResponse();
    const [miner] = network.minerPids().keys();
    const sealing = { suite: "xwing", readers: [miner], audit: "canary" };
    expect(whole.data).toMatchObject({ cortensor: { proof: "unproved", privacy: "sealed", sealing } });
    expect(whole.response.headers.get("x-cortensor-privacy")).toBe("sealed");
    let streamed = "";
    let said: unknown;
    for await (const chunk of await openai.chat.completions.create({ ...body, stream: true })) {
      streamed += chunk.choices[0]?.delta.content ?? "";
      if ("cortensor" in chunk) said = chunk.cortensor;
    }
    expect(streamed.length).toBeGreaterThan(0);
    expect(said).toMatchObject({ privacy: "sealed", sealing });
    const completion = { model: network.model, prompt: `A tale of ${secret}:`, max_tokens: 8 };
    expect(await openai.completions.create(completion)).toMatchObject({ cortensor: { privacy: "sealed" } });
    let parts = 0;
    for await (const _ of await openai.completions.create({ ...completion, stream: true })) parts += 1;
    expect(parts).toBeGreaterThan(0);
    const asked = { model: network.model, input: secret, max_output_tokens: 8, store: false };
    expect(await openai.responses.create(asked)).toMatchObject({ cortensor: { privacy: "sealed" } });
    const { sent, received } = proxy.captured();
    expect([sent.includes(secret), received.includes(secret)]).toEqual([false, false]);

    const refused = (asking: Promise<unknown>) =>
      asking.then(
        () => "answered",
        (error: unknown) => (error instanceof OpenAI.APIError ? [error.status, error.code, error.param] : error),
      );
    expect(await refused(openai.chat.completions.create({ ...body, seed: 7 }))).toEqual([
      400,
      "sealed_unsupported",
      "seed",
    ]);
    expect(await refused(openai.chat.completions.create({ ...body, n: 2 }))).toEqual([
      400,
      "unsupported_parameter",
      "n",
    ]);
    expect(await refused(openai.embeddings.create({ model: network.model, input: secret }))).toEqual([
      400,
      "sealed_unsupported",
      "url",
    ]);
    expect(await refused(openai.files.list())).toEqual([400, "sealed_unsupported", "url"]);
    const stranger = new OpenAI({ baseURL: url, apiKey: network.apiKey, maxRetries: 0 });
    expect(await refused(stranger.chat.completions.create(body))).toEqual([401, "invalid_api_key", null]);
  });

  it("is written to its client's own database once and in order, with the database away and the proxy killed in their midst", async () => {
    const database = await startSinkDatabase();
    onTestFinished(() => database.stop());
    const home = clientHome();
    const router = `http://127.0.0.1:${proxy.port}`;
    const parts = { home, router, apiKey: network.apiKey, model: network.model, database };
    const sink = await openProxiedSink(parts);
    await sink.start();
    const ask = async () => {
      for (let task = 0; task < SINK_TASKS; task++) await sink.ask();
    };
    const written = async () => (await database.rows()).filter(({ withheld }) => withheld === null);
    await ask();
    await until("the first rows", async () => ((await written()).length === sink.asked.length ? true : undefined));
    await database.kill();
    await ask();
    const cut = await sink.killInMidst();
    await sink.start();
    await ask();
    await database.restart();
    await until("every row", async () => ((await written()).length === sink.asked.length ? true : undefined));
    // It was charged for what its miner made until its client was gone: its texts went with the process, its receipt is there.
    const { receipt } = await client.receipt(cut, { waitMs: 20_000 });
    const rows = await until("the cut one's row", async () => {
      const all = await database.rows();
      return all.length > sink.asked.length ? all : undefined;
    });
    expect(await sink.stop()).toBe(0);
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_row, index) => index + 1));
    expect(rows.flatMap(({ prompt }) => prompt ?? [])).toEqual(sink.asked);
    expect(rows.filter(({ withheld }) => withheld !== null)).toMatchObject([
      { task_id: receipt.taskId, withheld: expect.stringContaining("lost") },
    ]);
  });

  it("is called open where a router's operator runs the proxy", async () => {
    const { url, key } = await startProxy(network.home, { PROXY_KEY: "a-key-of-the-operator" });
    expect(key).toBe("undefined");
    const openai = new OpenAI({ baseURL: url, apiKey: "a-key-of-the-operator", maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Say hello." }];
    const answer = await openai.chat.completions.create({ model: network.model, max_tokens: 8, messages });
    expect(answer).toMatchObject({ cortensor: { privacy: "open" } });
    expect(JSON.stringify(answer)).not.toContain("sealing");
  });

  /** A home that knows the network's profile, and has none of its keys. */
  function clientHome(): string {
    const home = mkdtempSync(join(tmpdir(), "cortensor-e2e-proxy-"));
    homes.push(home);
    writeFileSync(join(home, "network.json"), readFileSync(join(network.home, "network.json")));
    return home;
  }

  async function startProxy(home: string, env: Readonly<Record<string, string>>) {
    const [port] = await freePorts(1);
    const router = `http://127.0.0.1:${proxy.port}`;
    const args = ["proxy", "--port", String(port), "--router", router, "--suite", "xwing"];
    const started = startProcess(home, args, { env });
    proxies.push(started);
    const { url, key } = await started.output.find((line) => line.event === "result");
    return { url: String(url), key: String(key) };
  }

  it("is one flag of the command line", async () => {
    const args = ["--home", network.home, "chat", "--sealed", "--max-tokens", "8", "--json", "Say hello."];
    const ran = await runCommand(args);
    expect(ran.code, JSON.stringify(ran.lines)).toBe(0);
    expect(resultOf(ran)).toMatchObject({ sealing: { suite: "x25519", audit: "canary" }, proof: "unproved" });
  });
});

type Assigned = {
  readonly task: object;
  readonly assignment: { readonly taskId: string };
  readonly miner: { readonly miner: string; readonly bundles: readonly string[] };
};

/** A router's answers, with every assignment changed on the way. */
function lyingRouter(change: (assigned: Assigned) => Assigned | Promise<Assigned>): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/api/v1/assignments")) return response;
    const { status, headers } = response;
    const changed = await change((await response.json()) as Assigned);
    return new Response(JSON.stringify(changed), {
      status,
      headers: { "content-type": headers.get("content-type") ?? "" },
    });
  };
}

/** The router's own keys, in a bundle that says it is the miner's. */
async function swapKeys(assigned: Assigned): Promise<Assigned> {
  const { bundle } = decodeSignedPrekeyBundle(bytesOf(assigned.miner.bundles[0] ?? ""));
  const { publicKey } = await createSealKeyPair("x25519");
  const forged = signPrekeyBundle({ ...bundle, keys: [{ suite: "x25519", publicKey }] }, freshKey());
  return { ...assigned, miner: { ...assigned.miner, bundles: [base64Url(encodeSignedPrekeyBundle(forged))] } };
}

function windowsOf(text: string): readonly string[] {
  const windows: string[] = [];
  for (let at = 0; at + WINDOW <= text.length; at += WINDOW) windows.push(text.slice(at, at + WINDOW));
  return windows;
}

/** Every file below a folder, database and outbox with them. */
function filesIn(folder: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > FILE_BYTES_MAX) return [];
    return [[path, readIfThere(path)] as const];
  });
}
