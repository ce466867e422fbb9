import { utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import type { Bytes32 } from "../primitives.js";
import type { Result } from "../result.js";
import type { Aead } from "../sealing/aead.js";
import { AnswerReader } from "../sealing/answerParts.js";
import type { Envelope } from "../sealing/envelope.js";
import { type HandedAnswer, handedTokens } from "../sealing/handedAnswer.js";
import { openWithDataKey } from "../sealing/openEnvelope.js";
import { decodeAnswerOpening, openForHandOver } from "../sealing/sealedAnswer.js";
import { sealedAnswerSalt, sealedOutCommit, sealedRootStart } from "../sealing/sealedCommit.js";
import { decodeSealedFrame } from "../sealing/sealedFrame.js";
import type { SealedRequest } from "../sealing/sealedRequest.js";
import type { SealRefusal } from "../sealing/sealRefusal.js";
import type { Task } from "../task.js";
import { TokenRoot } from "../tokenRoot.js";

/** What a task's data key opens. */
export type OpenedSample = {
  readonly kind: "opened";
  readonly request: SealedRequest;
  /** All output tokens: those that came before this miner's, and its own. */
  readonly ids: readonly number[];
  readonly text: string;
  readonly answerSalt: Bytes32;
};

/** What isn't so: the envelope, the frames, or what their miner signed of them. */
export type SampleFault = SealRefusal | "badParts" | "otherPosition" | "otherTokens" | "otherOutput";

/** Opens what a router kept of a sealed task, and holds it against the result that its miner signed. */
export function openSample(parts: {
  readonly task: Task;
  readonly envelope: Envelope;
  /** What came before under the same envelope: see `handedTokens`. */
  readonly handed: readonly HandedAnswer[];
  readonly opening: Uint8Array;
  readonly frames: readonly Uint8Array[];
  readonly result: Result;
  readonly dataKey: Uint8Array;
  readonly aead: Aead;
}): OpenedSample | { readonly kind: "faulty"; readonly fault: SampleFault } {
  const { task, envelope, result, dataKey, aead } = parts;
  const opened = openWithDataKey(envelope, { task, dataKey, aead });
  if (opened.kind === "refused") return faulty(opened.refusal);
  const { request } = opened;
  try {
    const { taskId } = result;
    const before = handedTokens(parts.handed, { taskId, dataKey, aead, from: request.committed.length });
    if (before === undefined) return faulty("badParts");
    const said = readAnswer(parts, [...request.committed, ...before]);
    if (typeof said === "string") return faulty(said);
    const answerSalt = sealedAnswerSalt({ suite: envelope.suite, secret: request.answerSecret }, result.taskId);
    const root = new TokenRoot(sealedRootStart(answerSalt));
    for (const id of said.ids) root.push(id);
    if (said.ids.length !== result.to || root.root() !== result.tokenRoot) return faulty("otherTokens");
    const commit = sealedOutCommit(result.taskId, answerSalt, utf8ToBytes(said.text));
    return commit === result.outCommit ? { kind: "opened", request, ...said, answerSalt } : faulty("otherOutput");
  } catch (error) {
    if (error instanceof ProtocolError) return faulty("badParts");
    throw error;
  }
}

function readAnswer(
  parts: {
    readonly opening: Uint8Array;
    readonly frames: readonly Uint8Array[];
    readonly result: Result;
    readonly dataKey: Uint8Array;
    readonly aead: Aead;
  },
  before: readonly number[],
): { readonly ids: readonly number[]; readonly text: string } | SampleFault {
  const { result, dataKey, aead } = parts;
  const opener = openForHandOver(decodeAnswerOpening(parts.opening), { taskId: result.taskId, dataKey, aead });
  const reader = new AnswerReader();
  const ids = [...before];
  let text = "";
  for (const bytes of parts.frames) {
    const frame = opener.open(decodeSealedFrame(bytes));
    if (frame.kind === "refused") return frame.refusal;
    for (const part of reader.push(frame.data)) {
      if (part.kind === "end") continue;
      if (part.from !== ids.length) return "otherPosition";
      ids.push(...part.ids);
      text += part.text;
    }
  }
  const truncated = opener.end();
  if (truncated !== undefined) return truncated.refusal;
  reader.end();
  return { ids, text };
}

function faulty(fault: SampleFault): { readonly kind: "faulty"; readonly fault: SampleFault } {
  return { kind: "faulty", fault };
}
