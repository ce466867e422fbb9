import { type Eip712Domain, hashReceipt, hashResult, type SharedKey } from "@cortensor/protocol";
import { provenBy } from "../../protocol/test/aDisputedResult.js";
import type { TaskEvidence } from "../src/host/index.js";
import { SealedClient } from "./sealedClient.js";
import { shelfOfTest } from "./sharingGuards.js";
import { untilSealing } from "./supportCast.js";
import { addressOf, keyOf, receiptOf, startScriptedMiner, startTestRouter, tearDown, until } from "./testNetwork.js";

type Share = (of: { readonly taskId: `0x${string}`; readonly dataKey: Uint8Array }) => Promise<SharedKey>;

/**
 * What a router kept of sealed tasks that guards may open, answered by a miner of a router of the test's own, until one is as it should be; receipt and the miner's word signed anew for
 * another chain.
 */
export async function sealedResult(of: {
  readonly miner: string;
  readonly script: { readonly reply: () => string };
  /** Of that chain's Registry. */
  readonly domain: Eip712Domain;
  readonly share: Share;
  readonly isWanted: (taskId: `0x${string}`) => boolean;
}): Promise<TaskEvidence> {
  const { miner, script, domain, share, isWanted } = of;
  const samples = shelfOfTest();
  const terms = { privacy: "sealed", auditMode: "auditable" } as const;
  const router = await startTestRouter({ name: `router of ${miner}`, terms, samples });
  await startScriptedMiner(router, { name: miner, script, prekeys: new Map() });
  await untilSealing(router);
  try {
    for (let asked = 0; asked < ASKED_MAX; asked += 1) {
      const client = new SealedClient(router, "a question", { temperature: 0 });
      const done = await client.answer(await client.assigned(), () => undefined, share);
      if (done?.kind !== "done") throw new Error(JSON.stringify(done));
      if (!isWanted(done.taskId)) continue;
      await until(async () => (await samples.find(done.taskId)) !== undefined);
      const sealed = await samples.find(done.taskId);
      if (sealed === undefined) throw new Error("no sample");
      const document = await receiptOf(router, done.taskId);
      // Of an epoch of that chain: at temperature 0 no seed counts.
      const receipt = { ...document.receipt, operator: addressOf("owner of lane"), epoch: 1 };
      const proof = provenBy(keyOf("lane"), hashReceipt(receipt), domain);
      const result = hashResult(sealed.result);
      const proofs = [{ result, proof: provenBy(keyOf(miner), result, domain) }];
      const shown = { document: { ...document, receipt, proof }, epoch: receipt.epoch, outputTokens: receipt.nOut };
      return { ...shown, bodies: [], missing: [result], proofs, sealed };
    }
  } finally {
    await tearDown();
  }
  throw new Error("no task is as it should be");
}

/** One in two is as it should be. */
const ASKED_MAX = 40;
