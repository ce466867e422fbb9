import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ATTESTATION_KINDS } from "@cortensor/protocol";
import chromium from "@sparticuz/chromium";
import { type Browser, type Page, chromium as playwright } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const GUARDS = 4;
/** Six epochs of a local network. */
const EPOCHS_MS = 180_000;
const shownEpoch = z.object({
  roots: z
    .array(z.object({ kind: z.string(), root: z.string(), signatures: z.number() }))
    .length(ATTESTATION_KINDS.length),
  beacon: z.object({ isFallback: z.boolean() }),
  virtualBlock: z.object({ hash: z.string() }).optional(),
});
const QUESTION = "Write a very long story about a sailor and a lighthouse.";

describe("the dashboard, in a browser", () => {
  let network: Network;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  let unpacked: string | undefined;

  beforeAll(async () => {
    network = await startNetwork({ args: ["--guards", "4"] });
    await until("two miners", async () => ((await network.client.network()).miners.length === 2 ? true : undefined));
    // The browser unpacks itself into the temporary folder: one of its own, which no other account can have made.
    unpacked = mkdtempSync(join(tmpdir(), "cortensor-e2e-browser-"));
    vi.stubEnv("TMPDIR", unpacked);
    const executablePath = await chromium.executablePath();
    vi.unstubAllEnvs();
    browser = await playwright.launch({ executablePath, args: chromium.args });
    page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
    if (unpacked !== undefined) rmSync(unpacked, { recursive: true, force: true });
  });

  it("opens at the printed address, which brings its key and forgets it", async () => {
    const ready = await network.output.find(({ event }) => event === "result");
    await page.goto(String(ready.web));
    await page.getByRole("heading", { name: "Chat" }).waitFor();
    expect(page.url()).toBe(`${network.url}/`);
  });

  it("shows the network's nodes", async () => {
    const nodes = page.getByRole("region", { name: "Network" });
    for (const miner of network.minerPids().keys()) {
      await nodes.getByText(`${miner.slice(0, 8)}…${miner.slice(-4)}`).waitFor();
    }
    expect(await nodes.locator("tbody tr").count()).toBe(2);
    expect(await nodes.locator("tbody").innerText()).toContain(network.model);
    await nodes
      .getByText(/^until /)
      .nth(1)
      .waitFor();
  });

  it("streams an answer into the chat as it is made", async () => {
    await page.evaluate(watchLastMessage);
    await page.getByLabel("Question").fill(QUESTION);
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByRole("button", { name: "receipt" }).waitFor();
    await page.getByRole("button", { name: "Ask" }).waitFor();
    const lengths = await page.evaluate(() => (window as Window & { lengths?: number[] }).lengths ?? []);
    expect(new Set(lengths).size).toBeGreaterThan(3);
    expect(Math.max(...lengths)).toBeGreaterThan(100);
  });

  it("shows the task as it happened, and opens its receipt", async () => {
    const tasks = page.getByRole("region", { name: "Tasks as they happen" });
    await tasks.getByText("receipt acknowledged").first().waitFor();
    await tasks.locator("tbody tr").first().getByRole("button").click();
    const shown = page.getByRole("region", { name: /^Receipt/ });
    await shown.getByText("cortensor receipt verify").waitFor();
    const taskId = /receipt verify (0x[0-9a-f]{64})/.exec(await shown.innerText())?.[1] ?? "";
    const { receipt, payees, proof } = await network.client.receipt(taskId);
    const text = await shown.innerText();
    expect(text).toContain(`${receipt.nIn} tokens in, ${receipt.nOut} out`);
    expect(text).toContain(proof.signer);
    for (const { miner } of payees) expect(text).toContain(`${miner.slice(0, 8)}…${miner.slice(-4)}`);
  });

  it("shows epochs with their guards, roots, beacons and virtual blocks, as the command line does", async () => {
    await page.getByRole("link", { name: "epochs" }).click();
    const running = page.getByRole("region", { name: /^Epoch \d+$/ });
    await until(
      "four guards that are up",
      async () => ((await running.getByText("up", { exact: true }).count()) === GUARDS ? true : undefined),
      EPOCHS_MS,
    );
    await running.getByText("Cut-off").waitFor();
    const over = page.getByRole("region", { name: "Epochs that are over" });
    const whole = over.locator("tbody tr").filter({ hasText: "all posted" }).first();
    await whole.waitFor({ timeout: EPOCHS_MS });
    const epoch = Number(await whole.getByRole("button").innerText());
    // The command asks the chain and the guards themselves: what it says is what the page has from its router.
    const shown = await until(
      "a virtual block of it",
      async () => {
        const found = shownEpoch.parse(
          resultOf(await runCommand(["epochs", "show", String(epoch), "--home", network.home])),
        );
        return found.virtualBlock === undefined ? undefined : { ...found, virtualBlock: found.virtualBlock };
      },
      EPOCHS_MS,
    );
    await over.getByRole("button", { name: String(epoch), exact: true }).click();
    const roots = page.getByRole("region", { name: `Roots of epoch ${epoch}` });
    for (const { kind, root, signatures } of shown.roots) {
      const row = await roots.locator("tbody tr").filter({ hasText: kind }).innerText();
      expect(row).toContain(`${root.slice(0, 8)}…${root.slice(-4)}`);
      expect(row).toContain(`${signatures} of ${GUARDS}`);
    }
    await roots.getByText(shown.beacon.isFallback ? "fallback" : "secrets").waitFor();
    const blocks = page.getByRole("region", { name: "Virtual blocks" });
    await blocks.getByRole("button", { name: new RegExp(`^epochs? (\\d+ to )?${epoch}\\b`) }).click();
    const block = page.getByRole("region", { name: `Virtual block of epoch ${epoch}` });
    await block.getByText(shown.virtualBlock.hash).waitFor();
    await block.getByText("Shown by").waitFor();
    await page.getByRole("link", { name: "network" }).click();
    await page.getByRole("heading", { name: "Chat" }).waitFor();
  });

  // The browser is one process: it ends with the first context that is closed.
  it("asks for a key where the address brings none", async () => {
    const other = await browser.newPage();
    await other.goto(network.url);
    await other.getByRole("textbox", { name: "API key" }).fill(network.apiKey);
    await other.getByRole("button", { name: "Use" }).click();
    await other.getByLabel("Question").fill("What is the capital of France?");
    await other.getByRole("button", { name: "Ask" }).click();
    await other.getByRole("button", { name: "receipt" }).waitFor();
    await other.close();
  });

  it("had nothing to complain about", () => {
    expect(problems).toEqual([]);
  });
});

/** Runs in the page: keeps the length of the last message each time that the log changes. */
function watchLastMessage(): void {
  const log = document.querySelector('[role="log"]');
  const lengths: number[] = [];
  Object.assign(window, { lengths });
  if (log === null) return;
  const note = () => lengths.push(log.lastElementChild?.textContent?.length ?? 0);
  new MutationObserver(note).observe(log, { childList: true, subtree: true, characterData: true });
}
