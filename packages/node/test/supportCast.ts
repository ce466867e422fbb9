import type { Feature } from "@cortensor/api";
import { completeParams, type SessionParams } from "@cortensor/chain";
import type { DataDesk } from "@cortensor/data";
import type { Privacy } from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { vi } from "vitest";
import type { SampleShelf } from "../src/index.js";
import { COR } from "./fakeChain.js";
import { createFakeQueue, type FakeQueue } from "./fakeQueue.js";
import type { Gate } from "./gate.js";
import { SealedClient } from "./sealedClient.js";
import { type Door, openDoor, someSinks } from "./sinkNetwork.js";
import { ACCOUNT, OPERATOR, startScriptedMiner, startTestRouter, type TestRouter, until } from "./testNetwork.js";

export const WORDS = "one, two, three, four, five, six, seven. ";
export const ANSWER = WORDS.repeat(8);
export const FACT = "Malenda lives in Selbiva.";
/** The operator's own session, which pays for comparing copies. */
const COMPARISON_ACCOUNT = ACCOUNT + 1;

/** What a session says beside its privacy to have a feature. */
const PARAMS_OF: Partial<Record<Feature, Partial<SessionParams>>> = {
  redundancy: { redundant: 3 },
  checked: { numOfValidatorNodes: 1 },
  manyValidators: { numOfValidatorNodes: 2 },
  auditNone: { auditMode: "none" },
  auditCanary: { auditMode: "canary" },
  auditAuditable: { auditMode: "auditable" },
};

/** One cell's network: a router with everything that it can have, its HTTP, and a session of that privacy whose other terms are the defaults. */
export type Cast = TestRouter & {
  readonly door: Door;
  readonly model: string;
  readonly queue: FakeQueue;
  /** What it said of queued tasks that it doesn't serve. */
  readonly warned: readonly { readonly code?: unknown; readonly message?: unknown }[];
  readonly hold: { readonly mock: { readonly calls: readonly unknown[] } };
  readonly miners: ReadonlyMap<string, Awaited<ReturnType<typeof startScriptedMiner>>>;
  /** What was held when a queued task was given to its miners. */
  readonly heldAtAssignment: readonly bigint[];
  /** What is held and spent. */
  money(): Promise<{ readonly heldWei: bigint; readonly spentWei: bigint }>;
};

export async function startCast(
  privacy: Privacy,
  feature: Feature,
  {
    miners: names = ["anna"],
    gate,
    samples,
  }: { readonly miners?: readonly string[]; readonly gate?: Gate; readonly samples?: SampleShelf } = {},
): Promise<Cast> {
  const { redundant, numOfValidatorNodes, auditMode } = completeParams({
    ...{ name: "cell", privacy },
    ...PARAMS_OF[feature],
  });
  const warned: object[] = [];
  const heldAtAssignment: bigint[] = [];
  const queue = createFakeQueue(async () => void heldAtAssignment.push((await lane()).heldWei));
  const router = await startTestRouter({
    terms: { privacy, redundant, numOfValidatorNodes, auditMode },
    ...(privacy === "private" ? ({ isPrivate: true } as const) : {}),
    config: { chainPollMs: 10, comparisonAccount: COMPARISON_ACCOUNT, copiesWaitMs: 60_000 },
    sinks: someSinks(),
    data: { desk: deskOfOneFact(), connect: () => undefined },
    queueChain: queue,
    ...(samples === undefined ? {} : { samples }),
    log: { ...silentLogger, warn: (_text, fields) => void warned.push(fields ?? {}) },
  });
  const lane = () => router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
  await payForComparing(router);
  const miners = new Map<string, Awaited<ReturnType<typeof startScriptedMiner>>>();
  for (const name of names) {
    const script = { reply: () => ANSWER };
    const behind = gate === undefined ? {} : { behind: gate.before(name) };
    miners.set(name, await startScriptedMiner(router, { name, script, prekeys: new Map(), ...behind }));
  }
  const hold = vi.spyOn(router.books, "hold");
  const model = router.gateway.models()[0]?.id ?? "none";
  const door = await openDoor(router);
  const money = async () => {
    const { heldWei, spentWei } = await lane();
    return { heldWei, spentWei };
  };
  return { ...router, door, model, queue, warned, hold, miners, money, heldAtAssignment };
}

async function payForComparing({ chain, books }: TestRouter): Promise<void> {
  chain.setLane(COMPARISON_ACCOUNT, { owner: OPERATOR, allotmentWei: 1_000n * COR });
  await books.putSession({
    account: COMPARISON_ACCOUNT,
    session: `0x${"08".padStart(64, "0")}`,
    owner: OPERATOR,
    custody: "custodial",
    allotmentWei: 1_000n * COR,
    sessionClass: "unvalidated",
  });
}

/** A desk that finds one fact in whatever it is asked: what stores and searches is tested in the package `data`. */
function deskOfOneFact(): DataDesk {
  const fact = { store: "vs_1", file: "file_1", filename: "people.txt", attributes: {}, text: FACT, score: 1 };
  const found: Pick<DataDesk, "search" | "cite" | "index" | "sweep"> = {
    search: async () => ({ kind: "found", results: [fact], taskIds: [] }),
    cite: () => [fact],
    index: async () => undefined,
    sweep: async () => undefined,
  };
  return Object.assign(Object.create(null), found);
}

/** Until a client is shown prekeys of a miner and so many others. What it is assigned meanwhile is given back. */
export function untilSealing(router: TestRouter, others = 0): Promise<void> {
  return until(async () => {
    const client = new SealedClient(router, "probe");
    const outcome = await client.assign();
    if (outcome.kind === "refused") return false;
    const { envelope } = await new SealedClient(router, "another").seal(outcome.assigned);
    // Nobody seals to it as it was asked: the miner finds that out, and the hold goes back.
    const sent = await client.send(envelope);
    if (sent.kind === "streaming") for await (const _ of sent.events);
    return outcome.assigned.standbys.length >= others;
  });
}
