import {
  type Address,
  answerHash,
  type Bytes32,
  PROBE_TOKENS_MAX,
  tokenRootOf,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { OfferedModel, ProbeRefusal, ProbeReply } from "@cortensor/wire";
import { checkResult } from "./checkResult.js";
import type { RegisteredNode } from "./routerChain.js";

/** Why a miner wasn't verified. */
export type UnverifiedReason =
  /** The registry doesn't know it, or it has left. */
  | "unregistered"
  /** Its owner is this verifier, or this router's operator. */
  | "ownNode"
  /** The network's compliance hook denies its owner or itself. */
  | "denied"
  | "noSealingKey"
  /** Its sealing key is a point to which nothing can be sealed. */
  | "badSealingKey"
  | "noKernelClass"
  /** It offers no model in the class that it registered, or answered in another. */
  | "otherClass"
  /** It didn't open what was sealed to its registered key. */
  | "wrongSecret"
  /** Its answer fails the checks that every result gets. */
  | "notWhole"
  /** Verified miners of its class gave other tokens for the same probe. */
  | "otherAnswer"
  /** The statement isn't signed by its registered key. */
  | "badSignature"
  | "late"
  /** It said something that is no reply to a probe. */
  | "confused"
  /** Its link, or the probe's stream, ended first. */
  | "gone"
  /** Its registration changed, or another verified it, in the meantime. */
  | "staleNonce"
  /** It is verified where it registered, and the layer that it serves hasn't been told yet. */
  | "unreported"
  /** This router is no verifier any more. */
  | "notVerifier"
  | ProbeRefusal;

/** A verification that ends sooner is renewed. */
const RENEW_SECONDS = 86_400;
const RETRY_BASE_MS = 5_000;
const RETRY_CAP_MS = 3_600_000;

/** Whether a miner is to be challenged. */
export function isDue(verified: { readonly until: UnixSeconds } | undefined, nowSeconds: UnixSeconds): boolean {
  return verified === undefined || verified.until - nowSeconds <= RENEW_SECONDS;
}

/** Pause after so many challenges in a row that came to nothing: 5 s, doubled each time, an hour at most. */
export function retryMs(failures: number): number {
  return Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.max(0, failures - 1));
}

/** Which of its models a miner is asked about; or why it isn't asked at all. */
export function chooseProbed<Offer extends { readonly model: Pick<OfferedModel, "kernelClass"> }>(
  candidate: { readonly node: RegisteredNode | undefined; readonly isDenied: boolean },
  by: { readonly self: Address; readonly operator: Address; readonly offers: readonly Offer[] },
): { readonly kind: "ask"; readonly node: RegisteredNode; readonly offer: Offer } | Unverified {
  const { node, isDenied } = candidate;
  if (node === undefined || node.leftAt !== 0 || !node.roles.includes("miner")) return unverified("unregistered");
  if (node.owner === by.self || node.owner === by.operator) return unverified("ownNode");
  if (isDenied) return unverified("denied");
  if (node.sealingKey === ZERO_BYTES32) return unverified("noSealingKey");
  if (node.kernelClass === ZERO_BYTES32) return unverified("noKernelClass");
  const offer = by.offers.find(({ model }) => model.kernelClass === node.kernelClass);
  return offer === undefined ? unverified("otherClass") : { kind: "ask", node, offer };
}

export type Unverified = { readonly kind: "unverified"; readonly reason: UnverifiedReason };
export type ProbedReply = Extract<ProbeReply, { readonly kind: "probed" }>;

export type AskedProbe = {
  readonly challenge: Bytes32;
  readonly modelId: Bytes32;
  readonly kernelClass: Bytes32;
  readonly miner: Address;
  readonly contextTokens: number;
  /** Since it was asked. */
  readonly elapsedMs: number;
};

/** The hash of what was answered; or, by the checks that every result gets (T0), why it is no answer. */
export function judgeAnswer(
  { result, recipe, ids, text }: ProbedReply,
  asked: AskedProbe,
): { readonly kind: "answered"; readonly answer: Bytes32 } | Unverified {
  if (result.kernelClass !== asked.kernelClass) return unverified("otherClass");
  const { challenge, modelId, miner, kernelClass, contextTokens, elapsedMs } = asked;
  const { nIn, nOut, tokenRoot, finish } = result;
  if (nIn < 1 || nIn >= contextTokens || ids.length === 0) return unverified("notWhole");
  const message = { kind: "result", result, recipe, finish, text: "" } as const;
  const verdict = checkResult(message, {
    taskId: challenge,
    miner,
    replica: 0,
    segment: 0,
    from: 0,
    kernelClass,
    tokens: ids.length,
    tokenRoot: tokenRootOf(ids),
    text,
    nIn,
    maxOut: PROBE_TOKENS_MAX,
    contextTokens,
    isAborting: false,
    elapsedMs,
  });
  if (verdict.kind === "bad") return unverified("notWhole");
  return { kind: "answered", answer: answerHash({ challenge, modelId, nIn, nOut, tokenRoot, finish }) };
}

/** How many of a class's verified miners gave the same answer, and how many another. */
export type Comparison = { readonly same: number; readonly other: number };

const PEERS_MAX = 3;

/** Enough is known: one agrees and none objects, or this many were heard. */
export function isDecided({ same, other }: Comparison): boolean {
  return (same > 0 && other === 0) || same + other >= PEERS_MAX;
}

/** With objections more must agree than object. With nobody to ask the answer stands alone. */
export function isBelieved({ same, other }: Comparison): boolean {
  return other === 0 || same > other;
}

const REVERTS: Readonly<Record<string, UnverifiedReason>> = {
  Denied: "denied",
  KernelClassOther: "otherClass",
  NodeInactive: "unregistered",
  NodeUnknown: "unregistered",
  NotVerifier: "notVerifier",
  SealingKeyOther: "staleNonce",
  VerificationLate: "late",
  VerificationNonceOther: "staleNonce",
  VerifierOfItsOwn: "ownNode",
};

/** What the registry's own refusal means. Undefined for one that isn't expected. */
export function reasonOfRevert(error: string): UnverifiedReason | undefined {
  return REVERTS[error];
}

export function unverified(reason: UnverifiedReason): Unverified {
  return { kind: "unverified", reason };
}
