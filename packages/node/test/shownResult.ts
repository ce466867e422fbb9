import { type Eip712Domain, hashReceipt, hashResult, type SegmentBody } from "@cortensor/protocol";
import { provenBy } from "../../protocol/test/aDisputedResult.js";
import type { TaskEvidence } from "../src/host/index.js";
import {
  addressOf,
  aRequest,
  ask,
  keyOf,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
} from "./testNetwork.js";

/** A result of a miner's on a router of the test's own, its receipt and its miner's word signed anew for another chain. */
export async function shownResult(of: {
  readonly miner: string;
  readonly script: { readonly reply: () => string };
  /** Of that chain's Registry. */
  readonly domain: Eip712Domain;
}): Promise<TaskEvidence> {
  const { miner, script, domain } = of;
  const router = await startTestRouter({ name: `router of ${miner}` });
  await startScriptedMiner(router, { name: miner, script });
  const { taskId } = await ask(router, aRequest(router, "a question", { temperature: 0 }));
  const document = await receiptOf(router, taskId);
  const outcome = await router.gateway.evidence.find(taskId, "auditor");
  const bodies: readonly SegmentBody[] = outcome.kind === "found" ? outcome.evidence.bodies : [];
  await tearDown();
  // Of an epoch of that chain: at temperature 0 no seed counts.
  const receipt = { ...document.receipt, operator: addressOf("owner of lane"), epoch: 1 };
  const proof = provenBy(keyOf("lane"), hashReceipt(receipt), domain);
  const proofs = bodies.map(({ result }) => {
    const hash = hashResult(result);
    return { result: hash, proof: provenBy(keyOf(miner), hash, domain) };
  });
  const shown = { document: { ...document, receipt, proof }, epoch: receipt.epoch, outputTokens: receipt.nOut };
  return { ...shown, bodies, missing: [], proofs };
}
