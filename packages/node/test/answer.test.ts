import { registryDomain, verifyReceiptDocument } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
} from "./testNetwork.js";

afterEach(tearDown);

describe("a router with one miner", () => {
  it("answers, charges exactly what was made, and gives a receipt that verifies", async () => {
    const router = await startTestRouter();
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const answer = await ask(router, aRequest(router, "hello there"));
    expect(answer.failed).toBeUndefined();
    expect(answer.text).toBe("You said: hello there");
    const { done } = answer;
    expect(done).toMatchObject({ finish: "stop", nOut: answer.ids.length, segments: 1 });
    const nIn = BigInt(done?.nIn ?? 0);
    const nOut = BigInt(done?.nOut ?? 0);
    expect(done?.feeWei).toBe(nIn * PRICES.weiPerTokenIn + nOut * PRICES.weiPerTokenOut);
    const document = await receiptOf(router, answer.taskId);
    expect(document.receipt).toMatchObject({ taskId: answer.taskId, account: ACCOUNT, feeWei: done?.feeWei });
    expect(document.payees).toEqual([
      { miner: address, replica: 0, segment: 0, from: 0, to: answer.ids.length, wei: done?.feeWei },
    ]);
    const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });
    const routerSigner = router.identity.signer.address;
    expect(verifyReceiptDocument({ document, domain, routerSigner })).toEqual({ kind: "valid" });
    const lane = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect(lane).toMatchObject({ spentWei: done?.feeWei, heldWei: 0n });
  });
});
