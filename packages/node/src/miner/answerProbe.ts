import { type VerificationDomain, verificationDigest } from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import {
  type Address,
  type Assignment,
  answerHash,
  type Bytes32,
  challengeHash,
  type Hex,
  probeOf,
} from "@cortensor/protocol";
import type { OfferedModel, ProbeRefusal, ProbeReply, ProbeRequest } from "@cortensor/wire";
import type { SealingKey } from "../host/index.js";
import { acceptPrompt } from "./acceptTask.js";
import { SegmentRecord } from "./segmentRecord.js";

export type ProbeParts = {
  readonly probe: ProbeRequest;
  /** The router that asks: the verifier, where there is a statement to sign. */
  readonly verifier: Address;
  readonly self: Address;
  readonly domain: VerificationDomain;
  /** The engine of the model that is asked about, and what is said of it; undefined when there is none. */
  readonly bench: { readonly engine: Engine; readonly offer: OfferedModel } | undefined;
  readonly sealing: SealingKey;
  readonly sign: (digest: Bytes32) => Hex;
  readonly nowSeconds: number;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
};

type Statement = NonNullable<ProbeRequest["statement"]>;
type Made = Extract<ProbeReply, { readonly kind: "probed" }>;

/** A verification may hold no longer: see the Registry. */
const VERIFICATION_SECONDS_MAX = 30 * 86_400;

/**
 * Does a probe with the real engine. Where it is itself to be verified the miner opens what was sealed to it, and signs a verification that
 * says what it was asked and has answered: nothing but that, of its own keys, for this router.
 */
export async function answerProbe(parts: ProbeParts): Promise<ProbeReply> {
  const { probe, bench } = parts;
  if (bench === undefined) return declined("unknownModel");
  if (bench.offer.kernelClass !== probe.kernelClass) return declined("otherClass");
  const { statement } = probe;
  const opened = statement === undefined ? undefined : openStatement(parts, statement);
  if (typeof opened === "string") return declined(opened);
  const made = await runProbe(parts, bench);
  if (made === undefined) return declined("engineFailed");
  if (statement === undefined || opened === undefined) return made;
  return { ...made, proof: { ...opened, signature: signAnswer(parts, statement, made) } };
}

/** The secret, or why the statement isn't to be signed. */
function openStatement(
  { probe, self, verifier, sealing, nowSeconds }: ProbeParts,
  { sealed, nonce, deadline, expires }: Statement,
): { readonly secret: Bytes32 } | "sealedToAnother" | "badStatement" {
  const { challenge, kernelClass, modelId } = probe;
  const secret = sealing.open(sealed, challenge);
  if (secret === undefined) return "sealedToAnother";
  const sealingKey = sealing.publicKey;
  const own = challengeHash({ signer: self, verifier, sealingKey, kernelClass, modelId, nonce, secret });
  const isInTime = deadline >= nowSeconds && expires > nowSeconds && expires <= nowSeconds + VERIFICATION_SECONDS_MAX;
  return own === challenge && isInTime ? { secret } : "badStatement";
}

async function runProbe(
  { probe, self, nowMs, signal }: ProbeParts,
  { engine, offer }: { readonly engine: Engine; readonly offer: OfferedModel },
): Promise<Made | undefined> {
  const startMs = nowMs();
  const { prompt, params, seed } = probeOf(probe.challenge);
  const promptTokens = await engine.tokenizePrompt(prompt);
  const nIn = promptTokens.length;
  const { contextTokens } = offer;
  if (acceptPrompt({ nIn, maxIn: contextTokens, contextTokens, committed: 0 }).kind === "refused") return undefined;
  const assignment = assignmentOf(probe, self);
  const record = new SegmentRecord({ assignment, committed: [], nIn, startMs });
  const ids: number[] = [];
  let text = "";
  for await (const event of engine.generate({ promptTokens, params, seed, fingerprints: true, signal })) {
    if (event.kind === "committedMismatch") return undefined;
    text += event.text;
    if (event.kind === "token") {
      ids.push(event.id);
      record.push({ id: event.id, text: event.text, top: event.top ?? [] }, nowMs());
      continue;
    }
    if (event.finish !== "stop" && event.finish !== "length") return undefined;
    return { kind: "probed", result: record.finish(event), recipe: event.recipe, ids, text };
  }
  return undefined;
}

/** A probe's result is written down as a task's is, and nobody pays it. */
function assignmentOf({ challenge, kernelClass }: ProbeRequest, miner: Address): Assignment {
  const free = { weiPerTokenIn: 0n, weiPerTokenOut: 0n };
  return { taskId: challenge, miner, replica: 0, segment: 0, from: 0, kernelClass, epoch: 0, expires: 0, ...free };
}

function signAnswer(
  { probe, self, verifier, domain, sealing, sign }: ProbeParts,
  { nonce, deadline, expires }: Statement,
  { result }: Made,
): Hex {
  const { challenge, kernelClass, modelId } = probe;
  const { nIn, nOut, tokenRoot, finish } = result;
  const answer = answerHash({ challenge, modelId, nIn, nOut, tokenRoot, finish });
  const sealingKey = sealing.publicKey;
  const stated = { signer: self, verifier, sealingKey, kernelClass, challenge, answer, nonce, deadline, expires };
  return sign(verificationDigest(domain, stated));
}

function declined(code: ProbeRefusal): ProbeReply {
  return { kind: "declined", code };
}
