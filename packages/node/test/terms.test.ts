import type { SessionTerms } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { COR } from "./fakeChain.js";
import { honest, startRawMiner } from "./rawMiner.js";
import { ACCOUNT, aRequest, ask, OPERATOR, startTestRouter, tearDown, until } from "./testNetwork.js";

afterEach(tearDown);

describe("a session's terms", () => {
  it.each<[Partial<SessionTerms>, string]>([
    [{ redundant: 3 }, "'redundant' 3"],
    [{ numOfValidatorNodes: 2 }, "'numOfValidatorNodes' 2"],
    [{ privacy: "sealed" }, "'privacy' sealed"],
    [{ redundant: 2, privacy: "private" }, "'redundant' 2, 'privacy' private"],
  ])("that can't be served yet are refused by name, and nothing is held: %o", async (terms, named) => {
    const router = await startTestRouter({ terms });
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed).toMatchObject({ code: "session_unsupported" });
    expect(answer.failed?.message).toContain(named);
    const lane = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect(lane).toMatchObject({ spentWei: 0n, heldWei: 0n });
  });

  it("follow the chain: what the owner changes counts for the next task", async () => {
    const router = await startTestRouter({ config: { chainPollMs: 10 } });
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    expect((await ask(router, aRequest(router, "hello"))).done).toMatchObject({ nOut: 5 });
    const session = { owner: OPERATOR, allotmentWei: 1_000n * COR };
    router.chain.setLane(ACCOUNT, { ...session, terms: { numOfValidatorNodes: 2 } });
    await until(async () => (await ask(router, aRequest(router, "hello"))).failed?.code === "session_unsupported");
    router.chain.setLane(ACCOUNT, session);
    await until(async () => (await ask(router, aRequest(router, "hello"))).done !== undefined);
  });

  it("of a session that another router of the operator booked are asked of the chain", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    const account = ACCOUNT + 1;
    const session = `0x${"08".padStart(64, "0")}` as const;
    const allotmentWei = 1_000n * COR;
    await router.books.putSession({
      account,
      session,
      owner: OPERATOR,
      custody: "custodial",
      allotmentWei,
      sessionClass: "unvalidated",
    });
    const serve = async () => {
      const { signal } = new AbortController();
      const caller = { account, custody: "custodial" } as const;
      const events = [];
      for await (const event of await router.gateway.infer(caller, aRequest(router, "hello"), { signal })) {
        events.push(event);
      }
      return events.at(-1);
    };
    expect(await serve()).toMatchObject({ kind: "failed", refusal: { code: "insufficient_balance" } });
    router.chain.setLane(account, { owner: OPERATOR, allotmentWei, terms: { redundant: 2 } });
    expect(await serve()).toMatchObject({ kind: "failed", refusal: { code: "session_unsupported" } });
  });
});
