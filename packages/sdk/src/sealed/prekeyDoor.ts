import {
  type Address,
  type Bytes32,
  type ConnectionChecks,
  connectionSigner,
  createEd25519,
  hashAssignment,
  registryDomain,
  type SealContext,
  type SealedAssignment,
  type SealSuite,
} from "@cortensor/protocol";
import { SdkError } from "../sdkError.js";
import { KnownCertificates } from "./knownCertificates.js";
import type { SealingChain } from "./sealingChain.js";
import { VouchedContexts } from "./vouchedContexts.js";

/** A router that the chain vouched for is asked about again after this. */
export const ROUTER_KNOWN_MS = 600_000;

/**
 * What a client takes from the chain before it seals: whether an assignment is a registered router's, and whether a bundle is the miner's. Each is read once for
 * as long as it holds: for a router's key, for a bundle.
 */
export class PrekeyDoor {
  readonly #chain: SealingChain;
  readonly #nowMs: () => number;
  readonly #contexts: VouchedContexts;
  /** Until when a router is known to be one. */
  readonly #routers = new Map<Address, number>();
  readonly #checks: ConnectionChecks;

  constructor(parts: { readonly chain: SealingChain; readonly session: Bytes32; readonly nowMs: () => number }) {
    this.#chain = parts.chain;
    this.#nowMs = parts.nowMs;
    this.#contexts = new VouchedContexts(parts);
    const certificates = new KnownCertificates();
    this.#checks = { verify: createEd25519(), certifierOf: (key, of) => certificates.certifierOf(key, of) };
  }

  /** Reads ahead what the first assignment will need. */
  prepare(): void {
    this.#contexts.prepare();
  }

  /**
   * A context with the assignment's miner, once a registered router of `operator` signed it and the chain vouches for the miner's bundle. Throws
   * SDK_ASSIGNMENT_FAULT, SDK_PREKEY_FAULT.
   */
  async open(
    assigned: SealedAssignment,
    { operator, suite }: { readonly operator: Address; readonly suite: SealSuite },
  ): Promise<SealContext> {
    const context = this.#contexts.contextOf(assigned, suite);
    // Both are read at once; what is wrong with the router's word is told first.
    context.catch(() => undefined);
    await this.#checkWord(assigned, operator);
    return context;
  }

  /** Who owns a miner, by the chain; undefined for nobody's. */
  async ownerOf(miner: Address): Promise<Address | undefined> {
    return (await this.#chain.readNode(miner))?.owner;
  }

  /** Contexts with an assignment's standbys, each vouched for as its miner is. Throws SDK_PREKEY_FAULT. */
  openStandbys({ miner, standbys }: SealedAssignment, suite: SealSuite): Promise<readonly SealContext[]> {
    const others = new Map(standbys.filter((one) => one.miner !== miner.miner).map((one) => [one.miner, one]));
    return Promise.all([...others.values()].map((one) => this.#contexts.contextOf({ miner: one }, suite)));
  }

  async #checkWord({ word, assignment }: SealedAssignment, operator: Address): Promise<void> {
    const { chainId, registry } = this.#chain;
    const nowMs = this.#nowMs();
    const of = {
      structHash: hashAssignment(assignment),
      domain: registryDomain({ chainId, registry }),
      nowSeconds: Math.floor(nowMs / 1_000),
    };
    const signer = await connectionSigner(word, of, this.#checks);
    if (signer === undefined) throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault: "unsigned" });
    const untilMs = this.#routers.get(signer);
    if (untilMs !== undefined && nowMs < untilMs) return;
    const node = await this.#chain.readNode(signer);
    const isRouter = node !== undefined && node.leftAt === 0 && node.roles.includes("router");
    if (!isRouter || node.owner !== operator) {
      this.#routers.delete(signer);
      throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault: "unknownRouter" });
    }
    this.#routers.set(signer, nowMs + ROUTER_KNOWN_MS);
  }
}
