import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOfPrivateKey, parseAddress } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { acceptLinks, type CloseReason, type Link } from "@cortensor/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { makeHome } from "./harness/makeHome.js";
import { type RecordingProxy, startRecordingProxy } from "./harness/recordingProxy.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { freshKey, identityOf, openLink, registerMiners } from "./harness/testMiner.js";
import { until, within } from "./harness/until.js";

/** What of an answer must not be seen: any run of so many characters. */
const WINDOW = 12;
const HELLO = Buffer.from("CTXL", "latin1");

describe("the wire between a router and a miner", () => {
  let network: Network;
  let proxy: RecordingProxy;
  let home: string;
  let miner: StartedProcess | undefined;
  let minerAddress = "";

  beforeAll(async () => {
    network = await startNetwork({ args: ["--miners", "1"] });
    proxy = await startRecordingProxy(Number(new URL(network.url).port));
    home = makeHome("e2e-wire");
    const profile = join(network.home, "network.json");
    miner = startProcess(home, ["miner", "--network", profile, "--router", `ws://127.0.0.1:${proxy.port}/wire`]);
    const ready = await within(
      "ready miner",
      miner.output.find(({ event }) => event === "miner.ready"),
      120_000,
    );
    minerAddress = parseAddress(String(ready.address));
    await until("second miner on the router", () => hasMiner(minerAddress));
  });
  afterAll(async () => {
    if (miner !== undefined) await endAll(miner);
    rmSync(home, { recursive: true, force: true });
    await proxy?.close();
    await network?.stop();
  });

  const hasMiner = async (address: string): Promise<true | undefined> => {
    const { miners } = await network.client.network();
    return miners.some((one) => one.address === address) ? true : undefined;
  };

  it("shows no marker of prompt or answer to whoever records it", async () => {
    const seen = await until("answer of the miner behind the recorder", async () => {
      const marker = `marker-${randomBytes(8).toString("hex")}`;
      const prompt = `${LONG_PROMPT} Its hero is ${marker}.`;
      const answer = await network.client.chat(prompt, longAnswer({ maxTokens: 200, temperature: 1 }));
      const { payees } = await network.client.receipt(answer.taskId, { waitMs: 20_000 });
      return payees.some((payee) => payee.miner === minerAddress) ? { marker, text: answer.text } : undefined;
    });
    const { sent, received } = proxy.captured();
    expect(sent.length).toBeGreaterThan(seen.text.length);
    expect(received.length).toBeGreaterThan(LONG_PROMPT.length);
    for (const capture of [sent, received]) {
      expect(capture.includes(seen.marker)).toBe(false);
      expect(capture.includes(LONG_PROMPT.slice(0, WINDOW))).toBe(false);
      expect(markersIn(capture, seen.text)).toEqual([]);
    }
  });

  it("would have shown them, had they been there: the same recorder before the plain API does", async () => {
    const marker = `marker-${randomBytes(8).toString("hex")}`;
    const plain = await startRecordingProxy(Number(new URL(network.url).port));
    const response = await fetch(`http://127.0.0.1:${plain.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${network.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model: network.model, messages: [{ role: "user", content: marker }], max_tokens: 24 }),
    });
    const body = (await response.json()) as { choices: [{ message: { content: string } }] };
    expect(plain.captured().sent.includes(marker)).toBe(true);
    expect(markersIn(plain.captured().received, body.choices[0].message.content)).not.toEqual([]);
    await plain.close();
  });

  it("refuses an unregistered key, another's certificate, another role, chain and registry", async () => {
    const [registered] = await registerMiners(network, 1);
    if (registered === undefined) throw new Error("no miner was registered");
    await expectRefused(openLink(network, { key: freshKey() }), "unauthorised");
    const stolen = { key: freshKey(), address: addressOfPrivateKey(registered) };
    await expectRefused(openLink(network, stolen), "certificateInvalid");
    await expectRefused(openLink(network, { key: registered, role: "router" }), "wrongRole");
    await expectRefused(openLink(network, { key: registered, chainId: 1 }), "wrongChain");
    const registry = parseAddress(`0x${"11".repeat(20)}`);
    await expectRefused(openLink(network, { key: registered, registry }), "wrongRegistry");
    const link = await openLink(network, { key: registered });
    expect(link.peer.role).toBe("router");
    link.close("done");
  });

  it("refuses a hello that was changed on the way, to another version, suite or key, from either side", async () => {
    const [registered] = await registerMiners(network, 1);
    if (registered === undefined) throw new Error("no miner was registered");
    const through = `ws://127.0.0.1:${proxy.port}/wire`;
    const changed: readonly (readonly [number, CloseReason])[] = [
      [4, "unsupportedVersion"],
      [5, "unsupportedSuite"],
      [40, "signatureInvalid"],
    ];
    for (const side of ["sent", "received"] as const) {
      for (const [offset, reason] of changed) {
        proxy.alter((chunk, from) => (from === side ? flipAt(chunk, offset) : chunk));
        await expectRefused(openLink(network, { key: registered }, through), reason);
      }
    }
    proxy.alter((chunk) => chunk);
    const link = await openLink(network, { key: registered }, through);
    link.close("done");
  });

  it("is not opened by a miner to a router that nobody registered", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const links: Link[] = [];
    const acceptor = acceptLinks({
      server,
      identity: identityOf(network, { key: freshKey(), role: "router" }),
      expectRole: "miner",
      authorise: async (peer) => ({ kind: "granted", owner: peer.address }),
      onLink: (link) => links.push(link),
      clock: systemClock,
      log: silentLogger,
    });
    const { port } = server.address() as AddressInfo;
    const strangers = mkdtempSync(join(tmpdir(), "cortensor-e2e-stranger-"));
    const profile = join(network.home, "network.json");
    const misled = startProcess(strangers, ["miner", "--network", profile, "--router", `ws://127.0.0.1:${port}/wire`]);
    try {
      await until("refusal by the miner", () =>
        misled.stderr().includes("no node of this address") ? true : undefined,
      );
      expect(links).toEqual([]);
    } finally {
      await endAll(misled);
      await acceptor.close("shutdown");
      await new Promise((resolve) => server.close(resolve));
      rmSync(strangers, { recursive: true, force: true });
    }
  });
});

/** Pieces of a text that stand in a capture. */
function markersIn(capture: Buffer, text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at + WINDOW <= text.length; at++) {
    const piece = text.slice(at, at + WINDOW);
    if (capture.includes(piece) || capture.includes(JSON.stringify(piece).slice(1, -1))) found.push(piece);
  }
  return found;
}

/** The chunk with one byte of the hello in it changed; a chunk without a hello as it is. */
function flipAt(chunk: Buffer, offset: number): Buffer {
  const start = chunk.indexOf(HELLO);
  if (start < 0) return chunk;
  const changed = Buffer.from(chunk);
  changed[start + offset] = (changed[start + offset] ?? 0) ^ 1;
  return changed;
}

function expectRefused(opening: Promise<Link>, reason: CloseReason): Promise<void> {
  return expect(opening, reason).rejects.toMatchObject({ data: { code: "WIRE_LINK_REFUSED", reason } });
}
