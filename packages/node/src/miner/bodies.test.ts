import { bodyFault, hashResult } from "@cortensor/protocol";
import type { BodyReply, Link } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { saying, setUp, tearDown } from "./test/setUpMiner.js";
import { aStart } from "./test/startMaker.js";
import { MINER } from "./test/testMiner.js";

afterEach(tearDown);

function show(link: Link, address: `0x${string}`): Promise<BodyReply> {
  const stream = link.open({ kind: "showBody", address });
  return new Promise((resolve, reject) => {
    stream.onMessage((message) => resolve(message as BodyReply));
    void stream.ended.then(() => reject(new Error("ended without a word")));
  });
}

describe("a miner that is asked what is behind a result", () => {
  it("shows all that the result commits to, of a whole answer and of a successor's part", async () => {
    const { router, link, offer } = await setUp(saying(70));
    const whole = router.ask(link, aStart(MINER, offer, { name: "whole" }));
    await whole.over;
    const address = hashResult(whole.result());
    const reply = await show(link, address);
    if (reply.kind !== "body") throw new Error("no body");
    expect(bodyFault(reply.body, address)).toBeUndefined();
    expect(reply.body).toMatchObject({ prompt: { kind: "text", text: "whole" }, committed: [] });
    expect(reply.body.fingerprint.length).toBe(28 * whole.ids().length);

    const committed = whole.ids().slice(0, 40);
    const assignment = { segment: 1, from: 32 };
    const rest = router.ask(link, aStart(MINER, offer, { name: "whole", committed, assignment }));
    await rest.over;
    const second = await show(link, hashResult(rest.result()));
    if (second.kind !== "body") throw new Error("no body");
    expect(bodyFault(second.body, hashResult(rest.result()))).toBeUndefined();
    expect(second.body.committed).toEqual(committed);
    expect(second.body.fingerprint.length).toBe(28 * (whole.ids().length - 40));
  });

  it("has none of a result that it never made", async () => {
    const { link } = await setUp(saying(3));
    expect(await show(link, `0x${"77".repeat(32)}`)).toEqual({ kind: "noBody" });
  });
});
