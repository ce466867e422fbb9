import { readFileSync } from "node:fs";
import { createChainReader, parseProfile, readNode } from "@cortensor/chain";
import { recoverSigner, registryDomain, verifyReceiptDocument } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";

/**
 * Counts how many of the tasks named on standard input have an acknowledged receipt that verifies against the chain: a fresh process, which
 * shares nothing with the run. Arguments: the router's address, the profile's file. Prints `{asked, verified}`.
 */
const IN_FLIGHT = 16;
const WAIT_MS = 60_000;
const [url, profileFile] = process.argv.slice(2);
const client = createCortensor({ baseUrl: url });
const profile = parseProfile(readFileSync(profileFile, "utf8"));
const chain = createChainReader({ profile });
const domain = registryDomain({ chainId: profile.chainId, registry: profile.addresses.registry });
const router = await readNode(chain, (await client.info()).router.address);

const recovered = new Map();
const recover = (digest, signature) => {
  const key = `${digest}${signature}`;
  if (!recovered.has(key)) recovered.set(key, recoverSigner(digest, signature));
  return recovered.get(key);
};

const tasks = readFileSync(0, "utf8").split("\n").filter(Boolean);
let next = 0;
let verified = 0;
const work = async () => {
  for (;;) {
    const id = tasks[next];
    next += 1;
    if (id === undefined) return;
    const document = await client.receipt(id, { waitMs: WAIT_MS }).catch(() => undefined);
    if (document === undefined || document.receipt.taskId !== id || document.receipt.operator !== router.owner)
      continue;
    const verdict = verifyReceiptDocument({ document, domain, routerSigner: router.signer, recover });
    if (verdict.kind === "valid") verified += 1;
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, work));
process.stdout.write(JSON.stringify({ asked: tasks.length, verified }));
