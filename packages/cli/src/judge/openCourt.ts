import { createChainReader, readNode, readServedStake } from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import { judgePrompt, REPLY_TOKENS_MAX } from "@cortensor/proof";
import { type Bytes32, parseBytes32, type Redundancy } from "@cortensor/protocol";
import { type AskOptions, type Cortensor, SdkError } from "@cortensor/sdk";
import { type FetchTools, fetchBodies } from "../check/fetchBodies.js";
import type { Court, HeardReply } from "./askJudges.js";
import { readAnswers } from "./readAnswers.js";

export type CourtTools = FetchTools & {
  readonly client: Pick<Cortensor, "chat" | "receipt" | "evidence">;
  /** Reads what judges replied; they are asked in its model. */
  readonly engine: Pick<Engine, "describe" | "tokenizePrompt" | "spell">;
  readonly judges: Redundancy;
};

/**
 * Miners of the network as judges, asked as by any client: each question is a task with copies, so that every reply is another miner's. Who replied
 * what is read from the evidence, not from the router's word. Owners and stakes are the chain's.
 */
export function openCourt(tools: CourtTools): Court {
  const { client, engine, profile, judges, signal } = tools;
  const chain = createChainReader({ profile });
  const { model, modelId } = engine.describe();
  const options: AskOptions = {
    model,
    temperature: 0,
    maxTokens: REPLY_TOKENS_MAX,
    redundancy: judges,
    ...(signal === undefined ? {} : { signal }),
  };
  return {
    judges,
    ask: async (work) => {
      const asked = await taskOf(() => client.chat(judgePrompt(work), options));
      return "refused" in asked ? asked : readReplies(tools, { taskId: asked.taskId, modelId });
    },
    // A miner that has left the registry since speaks for itself, and has no stake.
    ownerOf: async (miner) => (await readNode(chain, miner))?.owner ?? miner,
    stakeWeiOf: (owner) => readServedStake(chain, owner),
  };
}

async function taskOf(
  ask: () => Promise<{ readonly taskId: string }>,
): Promise<{ readonly taskId: Bytes32 } | { readonly refused: string }> {
  try {
    return { taskId: parseBytes32((await ask()).taskId) };
  } catch (error) {
    if (error instanceof SdkError && error.data.code === "SDK_REFUSED") return { refused: error.data.reason };
    throw error;
  }
}

async function readReplies(
  tools: CourtTools,
  { taskId, modelId }: { readonly taskId: Bytes32; readonly modelId: Bytes32 },
): Promise<readonly HeardReply[]> {
  const { shown, seed } = await fetchBodies(tools, taskId);
  const own = shown.filter(({ task }) => task.modelId === modelId);
  const answers = seed === undefined ? [] : await readAnswers(tools.engine, own, seed);
  return answers.flatMap(({ miners, text }) => miners.slice(-1).map((miner) => ({ miner, text })));
}
