import type { Candidate } from "@cortensor/protocol";
import { END_TOKEN, encodePieces } from "./pieceTokens.js";
import type { NextLogits, TokenSequence } from "./tokenModel.js";

/** The scripted token stands this far above its rivals: now and then a rival wins at temperature 1, never at 0. */
const SCRIPTED_LOGIT = 3;
const RIVALS = 3;
const LETTERS = 26;
const FIRST_LETTER = 97;

/** Waits until the token at a position is due. */
export type Pace = (position: number) => Promise<void> | undefined;

/**
 * A sequence that says a text. Its logits are a pure function of the text and the position; so, with the canonical sampler, its tokens are one
 * of (prompt, params, seed, position).
 */
export function createScriptedSequence(text: string, pace: Pace): TokenSequence {
  const script = encodePieces(text);
  let position = 0;
  const next = (): NextLogits | Promise<NextLogits> => {
    const logits = scriptedLogits(script, position);
    const due = pace(position);
    position += 1;
    return due === undefined ? logits : due.then(() => logits);
  };
  return { prefill: async (tokens) => ({ logits: await next(), prefills: [tokens.length] }), step: next };
}

/** Logits at one output position: the scripted token and a few letters; after the last one, only the end. */
export function scriptedLogits(script: readonly number[], position: number): NextLogits {
  const scripted = script[position];
  if (scripted === undefined)
    return { candidates: [{ id: END_TOKEN, logit: SCRIPTED_LOGIT }], logNormaliser: SCRIPTED_LOGIT };
  const candidates: Candidate[] = [{ id: scripted, logit: SCRIPTED_LOGIT }];
  for (let rival = 0; rival < RIVALS; rival++) {
    const id = FIRST_LETTER + ((position * 7 + rival * 9) % LETTERS);
    if (id !== scripted) candidates.push({ id, logit: -rival });
  }
  return { candidates, logNormaliser: candidates.length > RIVALS ? FULL_NORMALISER : normaliserOf(candidates) };
}

function normaliserOf(candidates: readonly Candidate[]): number {
  return Math.log(candidates.reduce((sum, { logit }) => sum + Math.exp(logit), 0));
}

const FULL_NORMALISER = normaliserOf([
  { id: 0, logit: SCRIPTED_LOGIT },
  ...Array.from({ length: RIVALS }, (_, rival) => ({ id: rival + 1, logit: -rival })),
]);
