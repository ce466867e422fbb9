import {
  createChainReader,
  type Deployment,
  epochAt,
  readGuardSet,
  readHead,
  readNode,
  readPrekeyHash,
  readPrekeyTimes,
} from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  decodeSignedPrekeyBundle,
  guardSetHash,
  openingThreshold,
  type PrekeyTimes,
  ProtocolError,
  prekeyBundleHash,
  prekeyFault,
  type SealSuite,
  SHARERS_MIN,
  type Sharer,
  type SignedPrekeyBundle,
  underEndpoint,
} from "@cortensor/protocol";
import { z } from "zod";
import { SdkError } from "../sdkError.js";

const ASK_MS = 10_000;
/** Two bundles in base64, and room. */
const ANSWER_CHARS_MAX = 16_384;
const shown = z.object({ bundles: z.array(z.string().max(4_096)).max(4) });

/** The guards that a key is shared out among: those of the running epoch's set that show a prekey which the chain vouches for. */
export type SharingSet = { readonly setHash: Bytes32; readonly sharers: readonly Sharer[] };

/** What a client takes from the chain, and from guards, before it shares out a task's key. Read once an epoch, for each suite. */
export class GuardDoor {
  readonly #chain: ReturnType<typeof createChainReader>;
  readonly #fetch: typeof fetch;
  readonly #known = new Map<SealSuite, { readonly epoch: number; readonly set: Promise<SharingSet> }>();
  #times: PrekeyTimes | undefined;

  constructor(parts: { readonly deployment: Deployment; readonly fetch?: typeof fetch | undefined }) {
    this.#chain = createChainReader({ profile: parts.deployment });
    this.#fetch = parts.fetch ?? fetch;
  }

  /** Throws SDK_GUARD_KEYS where fewer guards show a key than would have to open one that all had. */
  async sharers(suite: SealSuite): Promise<SharingSet> {
    const { timestamp } = await readHead(this.#chain);
    const epoch = epochAt(this.#chain.profile, timestamp);
    const known = this.#known.get(suite);
    if (known?.epoch === epoch) return known.set;
    const set = this.#read(suite, { epoch, nowSeconds: timestamp });
    this.#known.set(suite, { epoch, set });
    set.catch(() => this.#known.delete(suite));
    return set;
  }

  async #read(suite: SealSuite, at: { readonly epoch: number; readonly nowSeconds: number }): Promise<SharingSet> {
    const { members } = await readGuardSet(this.#chain, at.epoch);
    this.#times ??= await readPrekeyTimes(this.#chain);
    const times = this.#times;
    const found = await Promise.all(
      members.map(({ guard }) => this.#sharer(guard, { suite, times, nowSeconds: at.nowSeconds })),
    );
    const sharers = found.flatMap((one) => one ?? []);
    const needed = Math.max(SHARERS_MIN, openingThreshold(members.length));
    if (sharers.length < needed) throw new SdkError({ code: "SDK_GUARD_KEYS", shown: sharers.length, needed });
    return { setHash: guardSetHash({ epoch: at.epoch, members }), sharers };
  }

  /** Undefined for a guard that is away, or shows nothing good: its word isn't needed. */
  async #sharer(
    guard: Address,
    {
      suite,
      times,
      nowSeconds,
    }: { readonly suite: SealSuite; readonly times: PrekeyTimes; readonly nowSeconds: number },
  ): Promise<Sharer | undefined> {
    const node = await readNode(this.#chain, guard);
    if (node === undefined || !URL.canParse(node.endpoint)) return undefined;
    const signed = await this.#ask(node.endpoint);
    if (signed === undefined) return undefined;
    const { chainId, addresses } = this.#chain.profile;
    const { bundle } = signed;
    const chainHash = await readPrekeyHash(this.#chain, { node: guard, prekeyEpoch: bundle.prekeyEpoch });
    const fault = prekeyFault(signed, {
      ...{ chainId, registry: addresses.registry, miner: guard, chainHash, suite, times, nowSeconds },
    });
    const key = bundle.keys.find((one) => one.suite === suite);
    if (fault !== undefined || key === undefined) return undefined;
    return { guard, bundleHash: prekeyBundleHash(bundle), publicKey: key.publicKey };
  }

  async #ask(endpoint: string): Promise<SignedPrekeyBundle | undefined> {
    const url = underEndpoint(endpoint, "/v1/prekeys");
    if (url === undefined) return undefined;
    const ask = this.#fetch;
    try {
      const response = await ask(url, { signal: AbortSignal.timeout(ASK_MS), redirect: "error" });
      const text = response.ok ? await response.text() : "";
      if (text === "" || text.length > ANSWER_CHARS_MAX) return undefined;
      const [newest] = shown.parse(JSON.parse(text)).bundles;
      return newest === undefined ? undefined : decodeSignedPrekeyBundle(bytesOf(newest));
    } catch (error) {
      const isAway = error instanceof TypeError || error instanceof DOMException;
      const isForeign = error instanceof SyntaxError || error instanceof z.ZodError || error instanceof ProtocolError;
      if (isAway || isForeign) return undefined;
      throw error;
    }
  }
}

function bytesOf(base64Url: string): Uint8Array {
  const read = z.base64url().parse(base64Url);
  return Uint8Array.from(atob(read.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
