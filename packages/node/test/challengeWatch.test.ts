import type { Books } from "@cortensor/books";
import { condemnSet, openSetChallenge, readEarnings, readSetChallenge } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import { type LogData, type Logger, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { ChallengeWatch } from "../src/router/challengeWatch.js";
import type { RouterChain } from "../src/router/routerChain.js";
import {
  ALICE,
  aReceipt,
  BOB,
  client,
  emptyBooks,
  OPERATOR,
  openAccount,
  openDesk,
  operator,
  treasury,
} from "./settlingNetwork.js";

const HOUR_SECONDS = 3_600;
/** A chunk holds at most 37 entries. */
const ENTRIES_OF_TWO_CHUNKS = 38;

describe("a router's watch over its settlements' sets", () => {
  /** What one router's watch counted and complained of. */
  function watchOf(books: Books, chain: RouterChain) {
    const outcomes: string[] = [];
    const errors: { readonly message: string; readonly data: LogData | undefined }[] = [];
    const log: Logger = { ...silentLogger, error: (message, data) => void errors.push({ message, data }) };
    const setChallenges = { add: ({ outcome }: { readonly outcome: string }) => void outcomes.push(outcome) };
    const watch = new ChallengeWatch({ chain, books, metrics: { setChallenges }, log });
    return { watch, outcomes, errors };
  }

  /** A router with a settlement on chain, whose set is in its books. */
  async function settled({ entries = 1, payee = ALICE } = {}) {
    const books = emptyBooks();
    const account = await openAccount(operator);
    const { chain, settler } = await openDesk(books);
    await books.putReceipts(Array.from({ length: entries }, () => aReceipt(account, "custodial", [[payee, 1_000n]])));
    expect(await settler.settleNow()).toBe(true);
    const [settlement] = await books.openSettlements();
    if (settlement === undefined) throw new Error("nothing was settled");
    return { books, chain, settlementId: settlement.id };
  }

  const challenge = async (settlementId: Bytes32, index = 0) =>
    (await openSetChallenge(client, { settlementId, index })).id;
  const stateOf = async (id: Bytes32) => (await readSetChallenge(client, id))?.state;

  async function rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return treasury.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method,
      params,
    });
  }

  async function passAnHour(): Promise<void> {
    await rpc("evm_increaseTime", [HOUR_SECONDS]);
    await rpc("evm_mine");
  }

  it("shows each piece that is asked for, once, and that there is none beyond the last", async () => {
    const { books, chain, settlementId } = await settled({ entries: ENTRIES_OF_TWO_CHUNKS });
    const { watch, outcomes, errors } = watchOf(books, chain);
    await watch.round();
    const ids: Bytes32[] = [];
    for (const index of [0, 1, 2]) ids.push(await challenge(settlementId, index));
    await watch.round();
    expect(await Promise.all(ids.map(stateOf))).toEqual(["answered", "answered", "answered"]);
    const { maturingWei } = await readEarnings(client, OPERATOR);
    for (let rounds = 0; rounds < 3; rounds += 1) await watch.round();
    await passAnHour();
    await watch.round();
    expect([outcomes, errors]).toEqual([["answered", "answered", "answered"], []]);
    await expect(condemnSet(client, ids[0] ?? "0x")).rejects.toMatchObject({ data: { error: "ChallengeNotOpen" } });
    expect((await readEarnings(client, OPERATOR)).maturingWei).toBe(maturingWei);
  });

  it("pays for one answer alone when two of the operator's routers see the same challenge", async () => {
    const { books, chain, settlementId } = await settled();
    const first = watchOf(books, chain);
    const other = await openDesk(books);
    // The slower one has seen it open, and sends when the other's answer is there.
    const slow: RouterChain = {
      ...other.chain,
      answerSetChallenge: async (answer) => {
        await first.watch.round();
        return other.chain.answerSetChallenge(answer);
      },
    };
    const second = watchOf(books, slow);
    const id = await challenge(settlementId);
    await second.watch.round();
    await second.watch.round();
    expect(await stateOf(id)).toBe("answered");
    expect([first.outcomes, second.outcomes]).toEqual([["answered"], ["elsewhere"]]);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it("answers again when a reorganisation takes the answer back", async () => {
    const { books, chain, settlementId } = await settled();
    const { watch, outcomes } = watchOf(books, chain);
    const id = await challenge(settlementId);
    const before = await rpc("evm_snapshot");
    await watch.round();
    expect(await stateOf(id)).toBe("answered");
    await rpc("evm_revert", [before]);
    expect(await stateOf(id)).toBe("open");
    await watch.round();
    expect(await stateOf(id)).toBe("answered");
    expect(outcomes).toEqual(["answered", "answered"]);
  });

  it("can't answer for a set that isn't in the books: it says so once, and what can be done, and answers the others", async () => {
    const { books, chain, settlementId } = await settled();
    const lost = await settled({ payee: BOB });
    const { watch, outcomes, errors } = watchOf(books, chain);
    const missing = await challenge(lost.settlementId);
    const shown = await challenge(settlementId);
    await watch.round();
    await watch.round();
    expect([await stateOf(missing), await stateOf(shown)]).toEqual(["open", "answered"]);
    expect(outcomes).toEqual(["missing", "answered"]);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining("the books haven't its set"),
        data: {
          id: missing,
          settlementId: lost.settlementId,
          remedy: `cortensor challenge answer ${missing} --sets <folder|url>`,
        },
      },
    ]);
    await passAnHour();
    await watch.round();
    expect(outcomes).toEqual(["missing", "answered", "late"]);
    expect(errors.at(-1)).toMatchObject({ data: { id: missing } });
    const { maturingWei } = await readEarnings(client, OPERATOR);
    expect(maturingWei).toBeGreaterThan(0n);
    expect(await condemnSet(client, missing)).toMatchObject({ frozenWei: maturingWei });
  });

  it("leaves alone what is over", async () => {
    const { books, chain, settlementId } = await settled();
    const id = await challenge(settlementId);
    await passAnHour();
    const { watch, outcomes, errors } = watchOf(books, chain);
    await watch.round();
    expect([await stateOf(id), outcomes, errors]).toEqual(["open", [], []]);
  });
});
