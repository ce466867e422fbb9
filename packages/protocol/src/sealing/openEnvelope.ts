import { concatBytes, equalBytes } from "../bytes.js";
import { promptCommit } from "../commit.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { hashTask } from "../structHash.js";
import type { Task } from "../task.js";
import type { Aead } from "./aead.js";
import { type Envelope, encodeEnvelopeHead } from "./envelope.js";
import { type ContextId, openSealContext, type SealContext } from "./sealContext.js";
import { sealedParamsHash, sealedPromptSalt } from "./sealedCommit.js";
import { decodeSealedRequest, type SealedRequest } from "./sealedRequest.js";
import { REQUEST_STREAM_LIMITS, StreamOpener, streamKey } from "./sealedStream.js";
import { type Refused, refused } from "./sealRefusal.js";
import type { SealSuite } from "./sealSuite.js";
import { WRAP_NONCE, wrapAad, wrapKey } from "./sealTask.js";

/** A private key that a miner holds, by the hash of the bundle that it showed it in. */
export type HeldPrekey = { readonly suite: SealSuite; readonly privateKey: Uint8Array };

export type OpenedEnvelope = {
  readonly kind: "opened";
  readonly request: SealedRequest;
  /** Opens the answer's stream too. It goes when the task's evidence goes. */
  readonly dataKey: Uint8Array;
  readonly context: SealContext;
};

/**
 * A miner's side: opens an envelope for a task that its router has assigned. Takes nothing on trust: the suite is that of the prekey, the head is what the client
 * sealed, prompt and parameters are those that the task commits to under that suite. That a task is opened once is for `OpenedTasks`.
 */
export async function openEnvelope(
  envelope: Envelope,
  parts: {
    readonly miner: Address;
    readonly task: Task;
    /** The keys of a bundle that the miner still holds, whatever their suites. */
    readonly findPrekeys: (bundleHash: Bytes32) => readonly HeldPrekey[];
    /** A context that was opened before, by what was encapsulated: its public-key work is done once. */
    readonly known?: SealContext | undefined;
    readonly aead: Aead;
  },
): Promise<OpenedEnvelope | Refused> {
  const { suite, session } = envelope;
  if (envelope.taskId !== hashTask(parts.task)) return refused("otherTask");
  if (parts.task.privacy === "open") return refused("otherPrivacy");
  const reader = envelope.readers.find(({ miner }) => miner === parts.miner);
  if (reader === undefined) return refused("notAReader");
  const held = parts.findPrekeys(reader.bundleHash);
  if (held.length === 0) return refused("unknownPrekey");
  const prekey = held.find((key) => key.suite === suite);
  if (prekey === undefined) return refused("otherSuite");
  const id = { suite, session, miner: parts.miner, bundleHash: reader.bundleHash };
  const opening = { enc: reader.enc, privateKey: prekey.privateKey };
  const context = isContextOf(parts.known, { ...id, enc: reader.enc })
    ? parts.known
    : await openSealContext(id, opening);
  if (context === undefined) return refused("wrongKey");
  const dataKey = parts.aead.open(wrapKey(context.keys.up, envelope), {
    nonce: WRAP_NONCE,
    aad: wrapAad({ ...envelope, ...id, readersCount: envelope.readers.length }),
    data: reader.wrappedKey,
  });
  if (dataKey === undefined) return refused("wrongKey");
  const opened = openWithDataKey(envelope, { task: parts.task, dataKey, aead: parts.aead });
  return opened.kind === "refused" ? opened : { ...opened, dataKey, context };
}

/** What an envelope holds, for whoever has its data key: held against what the task commits to. */
export function openWithDataKey(
  envelope: Envelope,
  parts: { readonly task: Task; readonly dataKey: Uint8Array; readonly aead: Aead },
): { readonly kind: "opened"; readonly request: SealedRequest } | Refused {
  const { task } = parts;
  if (envelope.taskId !== hashTask(task)) return refused("otherTask");
  const request = openRequest(envelope, parts);
  if ("kind" in request) return request;
  return otherThanSigned(request, { suite: envelope.suite, task }) ?? { kind: "opened", request };
}

function isContextOf(
  known: SealContext | undefined,
  of: ContextId & { readonly enc: Uint8Array },
): known is SealContext {
  if (known === undefined || known.suite !== of.suite || known.session !== of.session) return false;
  return known.miner === of.miner && known.bundleHash === of.bundleHash && equalBytes(known.enc, of.enc);
}

function openRequest(
  envelope: Envelope,
  { dataKey, aead }: { readonly dataKey: Uint8Array; readonly aead: Aead },
): SealedRequest | Refused {
  const { suite, taskId } = envelope;
  const id = { suite, taskId, direction: "up" } as const;
  const key = streamKey(id, dataKey, encodeEnvelopeHead(envelope));
  const opener = new StreamOpener({ id, key, aead, limits: REQUEST_STREAM_LIMITS });
  const parts: Uint8Array[] = [];
  for (const frame of envelope.frames) {
    const opened = opener.open(frame);
    if (opened.kind === "refused") return opened;
    parts.push(opened.data);
  }
  return opener.end() ?? readRequest(concatBytes(...parts));
}

function readRequest(bytes: Uint8Array): SealedRequest | Refused {
  try {
    return decodeSealedRequest(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return refused("badContents");
    throw error;
  }
}

function otherThanSigned(
  { secret, prompt, params }: SealedRequest,
  { suite, task }: { readonly suite: SealSuite; readonly task: Task },
): Refused | undefined {
  if (promptCommit(sealedPromptSalt({ suite, secret }), prompt) !== task.promptCommit) return refused("otherPrompt");
  return sealedParamsHash({ suite, secret }, params) === task.paramsHash ? undefined : refused("otherParams");
}
