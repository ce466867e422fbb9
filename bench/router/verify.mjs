import { readFileSync } from "node:fs";
import { createCortensor, verifyReceipt } from "@cortensor/sdk";

/**
 * Counts how many of the tasks named on standard input have an acknowledged receipt that verifies against the chain: a fresh process, which
 * shares nothing with the run. Arguments: the router's address. Prints `{asked, verified}`.
 */
const IN_FLIGHT = 32;
const WAIT_MS = 20_000;
const client = createCortensor({ baseUrl: process.argv[2] });
const tasks = readFileSync(0, "utf8").split("\n").filter(Boolean);
const { profile } = await client.info();
let next = 0;
let verified = 0;
const work = async () => {
  for (;;) {
    const id = tasks[next];
    next += 1;
    if (id === undefined) return;
    const receipt = await client.receipt(id, { waitMs: WAIT_MS }).catch(() => undefined);
    if (receipt === undefined) continue;
    const verdict = await verifyReceipt(receipt, { profile });
    if (verdict.kind === "valid") verified += 1;
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, work));
process.stdout.write(JSON.stringify({ asked: tasks.length, verified }));
