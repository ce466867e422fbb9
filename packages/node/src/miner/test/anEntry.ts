import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import type { OfferedModel } from "@cortensor/wire";
import { buildResult } from "../buildResult.js";
import type { OutboxEntry } from "../outboxEntry.js";
import { aStart } from "./startMaker.js";

const MINER = `0x${"0a".repeat(20)}` as const;
const OFFER: OfferedModel = {
  model: "a model",
  modelId: keccak256(utf8ToBytes("model")),
  quantisation: "Q8_0",
  kernelClass: keccak256(utf8ToBytes("class")),
  contextTokens: 2_048,
  tokensPerSecond: 50,
  sequences: 2,
  canEmbed: false,
  canScore: true,
  weiPerTokenIn: 10n,
  weiPerTokenOut: 100n,
};

/** A result without a receipt; `seq` makes it a task of its own. */
export function anEntry(options: { seq: number } & Partial<OutboxEntry>): OutboxEntry {
  const { seq, ...changes } = options;
  const { task, assignment } = aStart(MINER, OFFER, { task: { seq } });
  const recipe = [{ kind: "prefill" as const, tokens: 5 }];
  const result = buildResult({
    assignment,
    nIn: 5,
    to: 10,
    tokenRoot: keccak256(utf8ToBytes("root")),
    tokens: [],
    text: "ten tokens",
    recipe,
    finish: "stop",
    tFirstMs: 1,
    tTotalMs: 2,
  });
  return {
    operator: `0x${"0e".repeat(20)}`,
    reoffered: { task, result, recipe, assignment },
    owedWei: 1_050n,
    acknowledgedWei: 0n,
    isDisputed: false,
    storedAtMs: 1_000,
    ...changes,
  };
}
