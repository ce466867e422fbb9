import {
  type Bytes32,
  createSealKeyPair,
  encodeSignedPrekeyBundle,
  type HeldPrekey,
  hashPrekeyBundle,
  isPrekeyAccepted,
  type Prekey,
  prekeyBundleHash,
  prekeyDestroyedAt,
  prekeyEpochAt,
  prekeyEpochStart,
  prekeyPlan,
  registryDomain,
  SEAL_SUITES,
  type SignedPrekeyBundle,
  typedDataDigest,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "../../host/index.js";
import type { PrekeyChain } from "./prekeyChain.js";
import type { PrekeyShelf, ShelvedPrekeys } from "./prekeyShelf.js";

export type PrekeyDeskParts = {
  readonly chain: PrekeyChain;
  readonly shelf: PrekeyShelf;
  readonly signer: NodeSigner;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly log: Logger;
  /** The bundles that are shown have changed. */
  readonly onChange: () => void;
};

/** Bundles shown at once: the current prekey epoch's, and the one before it for a client that is late. */
const SHOWN_MAX = 2;

/** Makes, posts, shows and destroys a miner's prekeys, by `prekeyPlan`. A bundle is shown once the chain holds its hash, never before. */
export class PrekeyDesk {
  readonly #parts: PrekeyDeskParts;
  /** Prekey epochs whose hash is on chain. */
  readonly #posted = new Set<number>();
  #shown = "";

  constructor(parts: PrekeyDeskParts) {
    this.#parts = parts;
  }

  /** What clients may seal to now, newest first, encoded. */
  bundles(): readonly Uint8Array[] {
    return this.#shownNow().map(encodeSignedPrekeyBundle);
  }

  /** The private keys behind a bundle; none once they are destroyed. */
  findPrekeys(bundleHash: Bytes32): readonly HeldPrekey[] {
    const { shelf, chain, nowSeconds } = this.#parts;
    const found = shelf.findByHash(bundleHash);
    if (found === undefined) return [];
    return isPrekeyAccepted(chain.times, found.signed.bundle.prekeyEpoch, nowSeconds()) ? found.held : [];
  }

  /** Does what is due. Safe to call again, whatever an earlier round came to. */
  async round(): Promise<void> {
    const { chain, shelf, nowSeconds, log } = this.#parts;
    const { make, destroy } = prekeyPlan(chain.times, shelf.epochs(), nowSeconds());
    for (const prekeyEpoch of destroy) {
      shelf.destroy(prekeyEpoch);
      this.#posted.delete(prekeyEpoch);
      log.info("Prekeys destroyed", { prekeyEpoch });
    }
    for (const prekeyEpoch of make) shelf.put(await this.#make(prekeyEpoch));
    const now = prekeyEpochAt(chain.times, nowSeconds());
    for (const prekeyEpoch of shelf.epochs()) await this.#post(prekeyEpoch, { isPostable: prekeyEpoch >= now });
    const shown = this.#shownNow()
      .map(({ bundle }) => bundle.prekeyEpoch)
      .join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#parts.onChange();
  }

  #shownNow(): readonly SignedPrekeyBundle[] {
    const { chain, shelf, nowSeconds } = this.#parts;
    return shelf
      .epochs()
      .filter((epoch) => this.#posted.has(epoch) && isPrekeyAccepted(chain.times, epoch, nowSeconds()))
      .reverse()
      .slice(0, SHOWN_MAX)
      .flatMap((epoch) => shelf.of(epoch)?.signed ?? []);
  }

  async #make(prekeyEpoch: number): Promise<ShelvedPrekeys> {
    const { chain, signer } = this.#parts;
    const { times } = chain;
    const held: HeldPrekey[] = [];
    const keys: Prekey[] = [];
    for (const suite of SEAL_SUITES) {
      const { publicKey, privateKey } = await createSealKeyPair(suite);
      held.push({ suite, privateKey });
      keys.push({ suite, publicKey });
    }
    const bundle = {
      chainId: chain.chainId,
      registry: chain.registry,
      node: signer.address,
      prekeyEpoch,
      validFrom: prekeyEpochStart(times, prekeyEpoch),
      validTo: prekeyDestroyedAt(times, prekeyEpoch),
      keys,
    };
    const signature = signer.sign(typedDataDigest(registryDomain(bundle), hashPrekeyBundle(bundle)));
    return { signed: { bundle, signature }, held };
  }

  /** What was made and not posted, since the chain was away or the miner was killed, is posted as long as its epoch runs. */
  async #post(prekeyEpoch: number, { isPostable }: { readonly isPostable: boolean }): Promise<void> {
    if (this.#posted.has(prekeyEpoch)) return;
    const { chain, shelf, log } = this.#parts;
    const prekeys = shelf.of(prekeyEpoch);
    if (prekeys === undefined) return;
    const bundleHash = prekeyBundleHash(prekeys.signed.bundle);
    const known = await chain.readHash(prekeyEpoch);
    if (known === undefined && !isPostable) return;
    if (known === undefined) await chain.postHash({ prekeyEpoch, bundleHash });
    else if (known !== bundleHash) {
      log.error("The chain has other prekeys of this node: nothing can be sealed to it in this prekey epoch", {
        prekeyEpoch,
      });
      return;
    }
    this.#posted.add(prekeyEpoch);
  }
}
