// A process of its own that trusts no router: fetches receipts by their tasks' ids, one a line on standard input, and checks each
// against the chain. Prints one JSON object: how many hold, and what is wrong with the others.
import { readFileSync } from "node:fs";
import { parseProfile } from "@cortensor/chain";
import { createCortensor, verifyReceipt } from "@cortensor/sdk";

const [url, profilePath] = process.argv.slice(2);
const deployment = parseProfile(readFileSync(profilePath, "utf8"));
const client = createCortensor({ baseUrl: url });
const taskIds = readFileSync(0, "utf8").split("\n").filter(Boolean);
const AT_ONCE = 16;
const WAIT_MS = 20_000;

let valid = 0;
let feesWei = 0n;
const invalid = [];

async function work() {
  for (let taskId = taskIds.pop(); taskId !== undefined; taskId = taskIds.pop()) {
    const document = await client.receipt(taskId, { waitMs: WAIT_MS });
    const check = await verifyReceipt(document, { deployment });
    if (check.kind === "valid" && document.receipt.taskId === taskId) {
      valid += 1;
      feesWei += document.receipt.feeWei;
    } else invalid.push({ taskId, check });
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(`${JSON.stringify({ valid, invalid, feesWei: feesWei.toString() })}\n`);
