import { type Verification, type VerificationDomain, verificationDigest } from "@cortensor/chain";
import { type Address, type Bytes32, challengeHash, type Hex, hasCode } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { ProbeRequest } from "@cortensor/wire";
import { type SignatureCounter, sealTo } from "../host/index.js";
import { askProbe } from "./askProbe.js";
import type { MinerSeat, SeatOffer } from "./minerSeat.js";
import { judgeAnswer, type ProbedReply, type Unverified, unverified } from "./planVerification.js";
import type { RegisteredNode } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";

/** Time that a miner has for its probe: a slow engine with other work before it. */
const PROBE_MS = 60_000;
/** From the challenge to the last second at which it may be posted. */
const DEADLINE_SECONDS = 600;
/** A verification's length: the contract's most, less what chain and machine may disagree about the time. */
const HOLDS_SECONDS = 30 * 86_400 - 3_600;

export type ChallengeTools = {
  readonly verifier: Address;
  readonly domain: VerificationDomain;
  readonly signatures: Pick<SignatureCounter, "recoverSigner">;
  readonly time: Pick<ChainTime, "chainSeconds">;
  readonly clock: Clock;
  readonly randomBytes32: () => Bytes32;
};

/** A verification that lacks only the verifier's own word. */
export type Answered = {
  readonly kind: "answered";
  readonly verification: Verification;
  readonly nodeSignature: Hex;
};

/** Challenges a miner, and checks all that one machine can check alone: the secret, the answer's form, the signature. */
export async function challengeMiner(
  tools: ChallengeTools,
  asked: {
    readonly seat: MinerSeat;
    readonly node: RegisteredNode;
    readonly offer: SeatOffer;
    readonly nonce: number;
  },
): Promise<Unverified | Answered> {
  const { verifier, time, randomBytes32 } = tools;
  const { seat, node, offer, nonce } = asked;
  const { sealingKey, kernelClass } = node;
  const { modelId } = offer.model;
  const signer = seat.miner;
  const secret = randomBytes32();
  const challenge = challengeHash({ signer, verifier, sealingKey, kernelClass, modelId, nonce, secret });
  const sealed = sealTo(sealingKey, { secret, context: challenge });
  if (sealed === undefined) return unverified("badSealingKey");
  const now = time.chainSeconds();
  const terms = { nonce, deadline: now + DEADLINE_SECONDS, expires: now + HOLDS_SECONDS };
  const probe = { kind: "probe", challenge, modelId, kernelClass, statement: { sealed, ...terms } } as const;
  const reply = await answerOf(tools.clock, { seat, offer, probe, timeoutMs: PROBE_MS });
  if (reply.kind === "unverified") return reply;
  const { answer, proof } = reply;
  if (proof?.secret !== secret) return unverified("wrongSecret");
  const verification = { signer, verifier, sealingKey, kernelClass, challenge, answer, ...terms };
  if (!isSignedBy(tools, verification, proof.signature)) return unverified("badSignature");
  return { kind: "answered", verification, nodeSignature: proof.signature };
}

/** Asks one miner to do a probe, and judges the form of its answer. */
export async function answerOf(
  clock: Clock,
  asked: {
    readonly seat: MinerSeat;
    readonly offer: SeatOffer;
    readonly probe: ProbeRequest;
    readonly timeoutMs: number;
  },
): Promise<Unverified | { readonly kind: "answered"; readonly answer: Bytes32; readonly proof: ProbedReply["proof"] }> {
  const { seat, offer, probe, timeoutMs } = asked;
  const reply = await askProbe(seat.link, probe, { clock, timeoutMs });
  if (reply.kind === "declined") return unverified(reply.code === "sealedToAnother" ? "wrongSecret" : reply.code);
  if (reply.kind !== "probed") return unverified(reply.kind);
  const { challenge, modelId, kernelClass } = probe;
  const { elapsedMs } = reply;
  const { contextTokens } = offer;
  const judged = judgeAnswer(reply, { challenge, modelId, kernelClass, miner: seat.miner, contextTokens, elapsedMs });
  return judged.kind === "answered" ? { ...judged, proof: reply.proof } : judged;
}

function isSignedBy({ domain, signatures }: ChallengeTools, stated: Verification, signature: Hex): boolean {
  try {
    return signatures.recoverSigner(verificationDigest(domain, stated), signature) === stated.signer;
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return false;
    throw error;
  }
}
