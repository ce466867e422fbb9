import {
  type Address,
  type Bytes32,
  CONTEXT_TASKS_MAX,
  createSealContext,
  decodeSignedPrekeyBundle,
  equalBytes,
  type PrekeyTimes,
  ProtocolError,
  prekeyFault,
  type SealContext,
  type SealedAssignment,
  type SealSuite,
  type SignedPrekeyBundle,
} from "@cortensor/protocol";
import { SdkError } from "../sdkError.js";
import type { SealingChain } from "./sealingChain.js";

/** Contexts kept: one for each miner, suite and newest bundle. The oldest goes first, and is set up again. */
export const CONTEXTS_MAX = 256;

type Known = { readonly bundle: Uint8Array; readonly validTo: number; readonly context: SealContext; tasks: number };
type Named = { readonly name: string; readonly suite: SealSuite; readonly miner: Address };
type Head = { readonly timestamp: number; readonly readAtMs: number };

/**
 * Contexts of one session with miners whose bundles the chain vouched for. A bundle is checked once, and used until its time is over by the chain's clock, which
 * goes on by the client's own from the head that was read last. A context that has had its tasks is set up anew.
 */
export class VouchedContexts {
  readonly #parts: { readonly chain: SealingChain; readonly session: Bytes32; readonly nowMs: () => number };
  readonly #known = new Map<string, Known>();
  readonly #vouching = new Map<string, { readonly bundle: Uint8Array; readonly known: Promise<Known> }>();
  #times: Promise<PrekeyTimes> | undefined;
  #head: Head | undefined;

  constructor(parts: { readonly chain: SealingChain; readonly session: Bytes32; readonly nowMs: () => number }) {
    this.#parts = parts;
  }

  /** Asks for what every check needs, ahead of the first: while the router looks for a miner. */
  prepare(): void {
    // Whoever needs it asks again, and is told.
    this.#readTimes().catch(() => undefined);
  }

  /** A context with the assignment's miner, by its newest bundle. Throws SDK_PREKEY_FAULT. */
  async contextOf({ miner }: Pick<SealedAssignment, "miner">, suite: SealSuite): Promise<SealContext> {
    const [bundle] = miner.bundles;
    if (bundle === undefined) throw prekeyError("otherHash", miner.miner);
    const known = await this.#find(bundle, { name: `${suite}.${miner.miner}`, suite, miner: miner.miner });
    known.tasks += 1;
    return known.context;
  }

  /** What is known of a bundle. Several that ask at once have it vouched for by one. */
  #find(bundle: Uint8Array, of: Named): Known | Promise<Known> {
    const { name } = of;
    const known = this.#known.get(name);
    if (known !== undefined && this.#isGood(known, bundle)) return known;
    const running = this.#vouching.get(name);
    if (running !== undefined && equalBytes(running.bundle, bundle)) return running.known;
    const vouching = this.#vouch(bundle, of).finally(() => {
      if (this.#vouching.get(name)?.known === vouching) this.#vouching.delete(name);
    });
    this.#vouching.set(name, { bundle, known: vouching });
    return vouching;
  }

  #isGood({ bundle, validTo, tasks }: Known, shown: Uint8Array): boolean {
    return tasks < CONTEXT_TASKS_MAX && this.#nowSeconds() < validTo && equalBytes(bundle, shown);
  }

  async #vouch(bytes: Uint8Array, { name, suite, miner }: Named): Promise<Known> {
    const { chain, session, nowMs } = this.#parts;
    const signed = readBundle(bytes);
    if (signed === undefined) throw prekeyError("otherHash", miner);
    const { prekeyEpoch, validTo } = signed.bundle;
    const [times, chainHash, head] = await Promise.all([
      this.#readTimes(),
      chain.readPrekeyHash({ node: miner, prekeyEpoch }),
      chain.readHead(),
    ]);
    this.#head = { timestamp: head.timestamp, readAtMs: nowMs() };
    const { chainId, registry } = chain;
    const facts = { chainId, registry, miner, chainHash, suite, times, nowSeconds: head.timestamp };
    const fault = prekeyFault(signed, facts);
    if (fault !== undefined) throw prekeyError(fault, miner);
    const context = await createSealContext({ bundle: signed.bundle, suite, session });
    const known = { bundle: bytes, validTo, context, tasks: 0 };
    this.#remember(name, known);
    return known;
  }

  /** Chain time; the end of time while no head was read. A clock that was put back doesn't make it younger than that head. */
  #nowSeconds(): number {
    const head = this.#head;
    if (head === undefined) return Number.POSITIVE_INFINITY;
    return head.timestamp + Math.max(0, Math.floor((this.#parts.nowMs() - head.readAtMs) / 1_000));
  }

  #readTimes(): Promise<PrekeyTimes> {
    this.#times ??= this.#parts.chain.readPrekeyTimes().catch((error: unknown) => {
      this.#times = undefined;
      throw error;
    });
    return this.#times;
  }

  #remember(name: string, known: Known): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= CONTEXTS_MAX) break;
      this.#known.delete(oldest);
    }
  }
}

function readBundle(bytes: Uint8Array): SignedPrekeyBundle | undefined {
  try {
    return decodeSignedPrekeyBundle(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function prekeyError(fault: NonNullable<ReturnType<typeof prekeyFault>>, miner: Address): SdkError {
  return new SdkError({ code: "SDK_PREKEY_FAULT", fault, miner });
}
