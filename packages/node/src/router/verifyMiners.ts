import { homeOf, type Verification, verificationDigest } from "@cortensor/chain";
import { type Address, type Bytes32, CodedError, type Hex } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { SignatureCounter } from "../host/index.js";
import { challengeMiner } from "./challengeMiner.js";
import { comparePeers } from "./comparePeers.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat } from "./minerSeat.js";
import {
  type Comparison,
  chooseProbed,
  isBelieved,
  isDue,
  reasonOfRevert,
  retryMs,
  type Unverified,
  unverified,
} from "./planVerification.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { DigestSigner } from "./routerParts.js";
import type { VerifiedMiners } from "./verifiedMiners.js";

/** Challenges at once: each costs an engine a moment, and this router a transaction. Those that stall leave room for others. */
const AT_ONCE = 8;
/** Miners whose failures are remembered, gone ones too: a new link is no new chance. */
const ATTEMPTS_MAX = 4_096;

type Attempts = { readonly failures: number; readonly nonce: number | undefined; readonly dueMs: number };
type Outcome = Unverified | { readonly kind: "verified"; readonly comparison: Comparison };

export type MinerVerifierParts = {
  /** Whether a miner gets work only while it is verified. */
  readonly isVerificationRequired: boolean;
  readonly signer: DigestSigner;
  readonly operator: Address;
  readonly chain: Pick<RouterChain, "profile" | "home" | "readIsVerifier" | "verifyNode">;
  readonly board: MinerBoard;
  readonly verified: VerifiedMiners;
  readonly signatures: SignatureCounter;
  readonly time: Pick<ChainTime, "chainSeconds">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes32: () => Bytes32;
  readonly metrics: Pick<RouterMetrics, "verifications">;
  readonly log: Logger;
};

/**
 * A verifier's duty, done by any router whose signing account counts as one: challenges the seated miners that aren't verified, or soon
 * won't be, a few at once, and posts what both have signed. A miner that fails waits longer each time, until its registration changes.
 */
export class MinerVerifier {
  readonly #parts: MinerVerifierParts;
  readonly #attempts = new Map<Address, Attempts>();
  readonly #running = new Map<Address, Promise<void>>();
  /** Undefined until the chain has said. */
  #isVerifier: boolean | undefined;
  #isStopping = false;

  constructor(parts: MinerVerifierParts) {
    this.#parts = parts;
  }

  /** Whether this router's word counts, as the chain last said. */
  get isVerifier(): boolean {
    return this.#isVerifier === true;
  }

  /** Looks whether this router is a verifier, whether each seat is verified, and challenges who isn't. Rejects when the chain can't be read. */
  async round(): Promise<void> {
    const { chain, signer, verified } = this.#parts;
    // First: what holds again with this router's own place on the list is seen to hold, and isn't asked for anew.
    const isVerifier = await chain.readIsVerifier(signer.address);
    if (isVerifier !== this.#isVerifier) this.#tell(isVerifier);
    this.#isVerifier = isVerifier;
    await verified.round();
    this.#considerAll();
  }

  /** Challenges a miner if it is its turn. */
  consider(seat: MinerSeat): void {
    if (!this.#isVerifier || this.#isStopping || this.#running.size >= AT_ONCE || !this.#isTurnOf(seat)) return;
    const work = this.#run(seat).then(() => {
      this.#running.delete(seat.miner);
      this.#considerAll();
    });
    this.#running.set(seat.miner, work);
  }

  /** Starts nothing more, and resolves when nothing runs: a challenge ends with its link. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running.values());
  }

  /** At the start and whenever it changes: an operator must know that its miners wait for somebody else's word. */
  #tell(isVerifier: boolean): void {
    const { isVerificationRequired, chain, signer, log } = this.#parts;
    const data = { router: signer.address, verifierList: homeOf(chain.profile).addresses.verifiers };
    if (isVerifier) log.info("This router is a verifier", data);
    else if (!isVerificationRequired) log.info("This router isn't a verifier; its miners get work unverified", data);
    else {
      const remedy = `the list's owner adds it: addVerifier of @cortensor/chain, for ${signer.address}`;
      log.warn("This router isn't a verifier: its miners get work only while another has verified them", {
        ...data,
        remedy,
      });
    }
  }

  /** Whoever failed least goes first: those that stall again and again keep nobody out. */
  #considerAll(): void {
    const failuresOf = ({ miner }: MinerSeat): number => this.#attempts.get(miner)?.failures ?? 0;
    const seats = [...this.#parts.board.seats].sort((left, right) => failuresOf(left) - failuresOf(right));
    for (const seat of seats) this.consider(seat);
  }

  #isTurnOf(seat: MinerSeat): boolean {
    const { time, clock } = this.#parts;
    // What the chain says of it, and what it offers, come a moment after its link.
    if (seat.nonce === undefined || seat.offers.length === 0 || this.#running.has(seat.miner)) return false;
    if (!isDue(seat.verified, time.chainSeconds())) return false;
    const attempts = this.#attempts.get(seat.miner);
    return attempts === undefined || attempts.nonce !== seat.nonce || clock.nowMs() >= attempts.dueMs;
  }

  async #run(seat: MinerSeat): Promise<void> {
    const { metrics, log } = this.#parts;
    const { miner } = seat;
    const outcome = await this.#verify(seat).catch((error: unknown) => {
      log.warn("A miner could not be verified", { miner }, error);
      return { kind: "failed" } as const;
    });
    metrics.verifications.add({ outcome: outcome.kind === "unverified" ? outcome.reason : outcome.kind });
    seat.unverified = outcome.kind === "unverified" ? outcome.reason : undefined;
    if (outcome.kind === "verified") {
      this.#attempts.delete(miner);
      log.info("A miner answered its challenge", { miner, ...outcome.comparison });
      return;
    }
    this.#countFailure(seat);
    if (outcome.kind === "unverified") log.warn("A miner isn't verified", { miner, reason: outcome.reason });
  }

  async #verify(seat: MinerSeat): Promise<Outcome> {
    const { chain, signer, operator, signatures, time, clock, randomBytes32 } = this.#parts;
    const { candidate, standing, nonce } = await this.#read(seat);
    // Nothing is to be asked again: it gets work when the serving layer has been told.
    if (!isDue(standing, time.chainSeconds())) return unverified("unreported");
    const chosen = chooseProbed(candidate, { self: signer.address, operator, offers: seat.offers });
    if (chosen.kind === "unverified") return chosen;
    const tools = { verifier: signer.address, domain: homeOf(chain.profile), signatures, time, clock, randomBytes32 };
    const answered = await challengeMiner(tools, { seat, ...chosen, nonce });
    if (answered.kind === "unverified") return answered;
    const { verification, nodeSignature } = answered;
    const comparison = await comparePeers(this.#parts, { seat, offer: chosen.offer, ...verification });
    if (!isBelieved(comparison)) return unverified("otherAnswer");
    const refused = await this.#post(seat, { verification, nodeSignature });
    return refused ?? { kind: "verified", comparison };
  }

  async #read({ miner, owner }: MinerSeat) {
    const { home } = this.#parts.chain;
    const [node, isDenied, isOwnerDenied, [record]] = await Promise.all([
      home.readNode(miner),
      home.readIsDenied(miner),
      home.readIsDenied(owner),
      home.readVerifications([miner]),
    ]);
    const standing = record?.isVerified === true ? { until: record.expires } : undefined;
    return { candidate: { node, isDenied: isDenied || isOwnerDenied }, standing, nonce: record?.nonce ?? 0 };
  }

  /** Adds its own word and posts both. The seat is verified as soon as that is in a block of the serving layer, and waits for no poll. */
  async #post(
    seat: MinerSeat,
    answered: { readonly verification: Verification; readonly nodeSignature: Hex },
  ): Promise<Unverified | undefined> {
    const { chain, signer, verified } = this.#parts;
    const { verification } = answered;
    const verifierSignature = signer.sign(verificationDigest(homeOf(chain.profile), verification));
    try {
      const { blockNumber } = await chain.verifyNode({ ...answered, verifierSignature });
      if (blockNumber === undefined) return undefined;
      const { expires: until, kernelClass } = verification;
      const nonce = verification.nonce + 1;
      seat.nonce = nonce;
      verified.hold(seat, { verified: { until, nonce, kernelClass }, blockNumber });
      return undefined;
    } catch (error) {
      const reason = error instanceof CodedError ? reasonOfRevert(String(error.data.error)) : undefined;
      if (reason === undefined) throw error;
      return unverified(reason);
    }
  }

  #countFailure(seat: MinerSeat): void {
    const before = this.#attempts.get(seat.miner);
    const failures = (before?.nonce === seat.nonce ? (before?.failures ?? 0) : 0) + 1;
    this.#attempts.delete(seat.miner);
    this.#attempts.set(seat.miner, {
      failures,
      nonce: seat.nonce,
      dueMs: this.#parts.clock.nowMs() + retryMs(failures),
    });
    if (this.#attempts.size <= ATTEMPTS_MAX) return;
    for (const oldest of this.#attempts.keys()) {
      this.#attempts.delete(oldest);
      return;
    }
  }
}
