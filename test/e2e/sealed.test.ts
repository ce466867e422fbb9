import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  createSealKeyPair,
  decodeSignedPrekeyBundle,
  encodeSignedPrekeyBundle,
  signPrekeyBundle,
} from "@cortensor/protocol";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foundInMemory } from "./harness/processMemory.js";
import { type RecordingProxy, startRecordingProxy } from "./harness/recordingProxy.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { freshKey } from "./harness/testMiner.js";
import { until } from "./harness/until.js";

/** Any run of so many characters of an answer would show it. */
const WINDOW = 16;
/** A file of the database's log has 16 MiB; what is larger is mapped, and mostly holes. */
const FILE_BYTES_MAX = 64 * 1_048_576;
const base64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64url"));

describe("a question that is sealed to its miner, through real processes", () => {
  let network: Network;
  let proxy: RecordingProxy;
  let client: Cortensor;
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
    const sealing = { suite: "x25519", readers: [miner], audit: "none" };
    expect(answer).toMatchObject({ proof: "unproved", sealing });
    const parts: string[] = [];
    for await (const event of client.streamComplete(`A tale of ${marker}:`, { ...asked, suite: "xwing" })) {
      if (event.kind === "text") parts.push(event.text);
      if (event.kind === "end") expect(event).toMatchObject({ text: parts.join(""), sealing: { suite: "xwing" } });
    }
    expect(parts.length).toBeGreaterThan(1);
    const receipt = await client.receipt(answer.taskId, { waitMs: 20_000 });
    expect(receipt.receipt).toMatchObject({ nIn: answer.promptTokens, nOut: answer.completionTokens });

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
    expect(foundInMemory(network.routerPid(), [marker, ...windowsOf(answer.text).slice(0, 2)])).toEqual([]);
  });

  it("would have shown its words, had it been asked in the open", async () => {
    const open = await client.chat(`${question} In the open.`, { ...asked, privacy: "open" });
    const { sent, received } = proxy.captured();
    expect(sent.includes(`${marker}. In the open`)).toBe(true);
    expect(windowsOf(open.text).some((words) => received.includes(words))).toBe(true);
    expect(foundInMemory(network.routerPid(), [marker])).toEqual([marker]);
  });

  it("isn't sealed to keys that a lying router puts in the miner's place", async () => {
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
  });

  it("is refused by name where something of it can't be kept", async () => {
    await expect(client.chat(question, { seed: 7 })).rejects.toMatchObject({
      data: { code: "SDK_SEALED_UNSUPPORTED", option: "seed" },
    });
    await expect(client.chat(question, { validation: "check" })).rejects.toMatchObject({
      data: { code: "SDK_SEALED_UNSUPPORTED", option: "validation" },
    });
    await expect(client.embed([question])).rejects.toMatchObject({ data: { code: "SDK_SEALED_UNSUPPORTED" } });
  });

  it("is one flag of the command line", async () => {
    const args = ["--home", network.home, "chat", "--sealed", "--max-tokens", "8", "--json", "Say hello."];
    const ran = await runCommand(args);
    expect(ran.code, JSON.stringify(ran.lines)).toBe(0);
    expect(resultOf(ran)).toMatchObject({ sealing: { suite: "x25519", audit: "none" }, proof: "unproved" });
  });
});

type Assigned = {
  readonly task: object;
  readonly assignment: object;
  readonly miner: { readonly miner: string; readonly bundles: readonly string[] };
};

/** A router's answers, with every assignment changed on the way. */
function lying(change: (assigned: Assigned) => Assigned | Promise<Assigned>): typeof fetch {
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
    if (!entry.isFile() || statSync(path).size > FILE_BYTES_MAX) return [];
    return [[path, readFileSync(path)] as const];
  });
}
