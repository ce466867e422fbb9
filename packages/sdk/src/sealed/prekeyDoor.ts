import {
  createChainReader,
  type Deployment,
  readHead,
  readNode,
  readPrekeyHash,
  readPrekeyTimes,
} from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  connectionSigner,
  createSealContext,
  decodeSignedPrekeyBundle,
  hashAssignment,
  type PrekeyTimes,
  ProtocolError,
  prekeyBundleHash,
  prekeyFault,
  registryDomain,
  type SealContext,
  type SealedAssignment,
  type SealSuite,
  type SignedPrekeyBundle,
} from "@cortensor/protocol";
import { SdkError } from "../sdkError.js";
import { KnownCertificates } from "./knownCertificates.js";

/** Contexts kept: one for each miner and its bundle. The oldest goes first, and is set up again. */
const CONTEXTS_MAX = 256;

/**
 * What a client takes from the chain before it seals: whether a bundle is the miner's, and whether an assignment is a registered router's. Each is read once, for a
 * context, for a router's key.
 */
export class PrekeyDoor {
  readonly #chain: ReturnType<typeof createChainReader>;
  readonly #session: Bytes32;
  readonly #contexts = new Map<string, SealContext>();
  readonly #routers = new Set<Address>();
  readonly #certificates = new KnownCertificates();
  #times: PrekeyTimes | undefined;

  constructor(parts: { readonly deployment: Deployment; readonly session: Bytes32 }) {
    this.#chain = createChainReader({ profile: parts.deployment });
    this.#session = parts.session;
  }

  /** Checks that the router that signed an assignment is one of `operator`, by the chain. */
  async checkWord(
    { word, assignment }: SealedAssignment,
    { operator, nowSeconds }: { readonly operator: Address; readonly nowSeconds: number },
  ): Promise<void> {
    const { chainId, addresses } = this.#chain.profile;
    const domain = registryDomain({ chainId, registry: addresses.registry });
    const structHash = hashAssignment(assignment);
    const signer = connectionSigner(word, { structHash, domain, nowSeconds }, (key, of) =>
      this.#certificates.certifierOf(key, of),
    );
    if (signer === undefined) throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault: "unsigned" });
    if (this.#routers.has(signer)) return;
    const node = await readNode(this.#chain, signer);
    const isRouter = node !== undefined && node.leftAt === 0 && node.roles.includes("router");
    if (!isRouter || node.owner !== operator) {
      throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault: "unknownRouter" });
    }
    this.#routers.add(signer);
  }

  /** A context with the assignment's miner, whose bundle the chain vouches for. Throws SDK_PREKEY_FAULT. */
  async contextOf({ miner }: SealedAssignment, suite: SealSuite): Promise<SealContext> {
    const [newest] = miner.bundles;
    const signed = newest === undefined ? undefined : readBundle(newest);
    if (signed === undefined) throw prekeyError("otherHash", miner.miner);
    const name = `${suite}.${miner.miner}.${prekeyBundleHash(signed.bundle)}`;
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    this.#times ??= await readPrekeyTimes(this.#chain);
    const { prekeyEpoch } = signed.bundle;
    const [chainHash, head] = await Promise.all([
      readPrekeyHash(this.#chain, { node: miner.miner, prekeyEpoch }),
      readHead(this.#chain),
    ]);
    const { chainId, addresses } = this.#chain.profile;
    const fault = prekeyFault(signed, {
      ...{ chainId, registry: addresses.registry, miner: miner.miner, chainHash, suite },
      ...{ times: this.#times, nowSeconds: head.timestamp },
    });
    if (fault !== undefined) throw prekeyError(fault, miner.miner);
    const context = await createSealContext({ bundle: signed.bundle, suite, session: this.#session });
    this.#remember(name, context);
    return context;
  }

  /** Who owns a miner, by the chain; undefined for nobody's. */
  async ownerOf(miner: Address): Promise<Address | undefined> {
    return (await readNode(this.#chain, miner))?.owner;
  }

  #remember(name: string, context: SealContext): void {
    this.#contexts.set(name, context);
    for (const oldest of this.#contexts.keys()) {
      if (this.#contexts.size <= CONTEXTS_MAX) break;
      this.#contexts.delete(oldest);
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
