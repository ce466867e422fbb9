import { ANSWERS_COMPARED_MIN, type Comparison, compareAnswers, findDistance } from "@cortensor/proof";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { embedApart } from "./embed.js";
import type { RouterCore } from "./routerCore.js";

/** Texts to compare, and who must not make their vectors if anybody else can. */
export type CopiesToCompare = {
  readonly modelId: Bytes32;
  readonly texts: readonly string[];
  /** Owners of the miners that wrote them. */
  readonly authors: ReadonlySet<Address>;
  readonly signal: AbortSignal;
};

/** Undefined: they couldn't be compared. */
export type CompareCopies = (copies: CopiesToCompare) => Promise<Comparison | undefined>;

/**
 * Compares copies by vectors that a miner makes, as an ordinary task of the operator's own session: its client pays for copies, not for their
 * comparison. The texts are embedded by the answers' own model where it can, else by the first that can.
 */
export function createCompareCopies(core: RouterCore): CompareCopies {
  const embed = embedApart(core);
  return async ({ modelId, texts, authors, signal }) => {
    const { comparisonAccount: account } = core.config;
    const card = embedderOf(core, modelId);
    if (account === undefined || card === undefined) return undefined;
    // Nothing can be said of where an empty text lies.
    if (texts.length < ANSWERS_COMPARED_MIN || texts.some((text) => text === "")) return undefined;
    const session = await core.sessions.find(account);
    if (session === undefined) return undefined;
    const caller = { account, custody: session.custody };
    const outcome = await embed(caller, { model: card.id, texts }, { signal, choice: { redundancy: 1 } }, authors);
    if (outcome.kind === "failed") {
      core.log.warn("Copies could not be compared", { code: outcome.refusal.code, message: outcome.refusal.message });
      return undefined;
    }
    const embeddingModelId = card.modelId;
    return compareAnswers(
      outcome.vectors,
      findDistance(core.distances, { modelId, embeddingModelId, copies: texts.length }),
    );
  };
}

function embedderOf({ board }: RouterCore, modelId: Bytes32) {
  const own = board.modelOf(modelId)?.card;
  return own?.canEmbed === true ? own : board.cards.find(({ canEmbed }) => canEmbed);
}
