import type { Result } from "@cortensor/protocol";
import type { Link, Notices } from "@cortensor/wire";
import { aStart } from "./startMaker.js";
import { MINER, PRICES, removeFolders, startTestMiner, type TestMiner, type TestMinerOptions } from "./testMiner.js";
import { type TestRouter, testRouter } from "./testRouter.js";

export const closers: (() => Promise<void>)[] = [];
/** Stops and removes everything that a test set up, last first. */
export async function tearDown(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
  await removeFolders();
}

export type SetUp = TestMiner & { readonly router: TestRouter; readonly link: Link };

export async function setUp(options: Partial<TestMinerOptions> = {}): Promise<SetUp> {
  const router = await testRouter();
  closers.push(router.close);
  const made = await startTestMiner({ routerUrls: [router.url], ...options });
  closers.push(() => made.miner.stop());
  return { ...made, router, link: await router.nextLink() };
}

/** A text of this many scripted tokens, three bytes each. */
export const textOf = (tokens: number): string => Array.from({ length: tokens }, (_, at) => `${at % 10}, `).join("");
export const saying = (tokens: number) => ({ script: { reply: () => textOf(tokens) } });

export function nextNotice<Topic extends "batch" | "reoffer">(link: Link, topic: Topic): Promise<Notices[Topic]> {
  return new Promise((resolve) => link.onNotice(topic, resolve));
}

export function fullPay(result: Result): bigint {
  return BigInt(result.nIn) * PRICES.weiPerTokenIn + BigInt(result.nOut) * PRICES.weiPerTokenOut;
}

/** A task to the end and back: everything sent before it has been handled. */
export async function echo(link: Link, router: TestRouter, offer: TestMiner["offer"]): Promise<void> {
  await router.ask(link, aStart(MINER, offer, { name: "echo" })).over;
}
