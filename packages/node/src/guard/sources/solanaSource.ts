import {
  type DatedDeposit,
  type DepositCursor,
  firstCursor,
  readDeposits,
  type SolanaCluster,
  type SolanaVault,
} from "@cortensor/chain";
import {
  attestationDigest,
  type Bytes32,
  type CoveredRange,
  coverOf,
  cutOffOf,
  type Eip712Domain,
  equivocationOf,
  type PostedRoot,
  SOLANA_DEPOSITS_MAX,
  type SolanaDepositsRoot,
  solanaChainId,
  solanaDepositsRoot,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { GuardChain } from "../guardChain.js";
import type { RootSignature, RootSource } from "./rootSource.js";

/** Looks at the cluster in one go: each fetches a few hundred transactions. */
const LOOKS_MAX = 64;

/** An epoch's deposits, as this reader makes them. */
export type MadeDeposits = {
  readonly root: SolanaDepositsRoot;
  readonly fromEpoch: number;
  readonly deposits: readonly DatedDeposit[];
};

/** A vault's deposits, read to the end, and what the roots of epochs cover of them. */
export class DepositBook {
  readonly #parts: {
    readonly vault: SolanaVault;
    readonly connect: () => Promise<SolanaCluster>;
    readonly chain: Pick<GuardChain, "times">;
  };
  #cursor: DepositCursor;
  #deposits: readonly DatedDeposit[] = [];
  #headTime: UnixSeconds = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly vault: SolanaVault;
    /** An RPC that has shown the vault's own cluster. */
    readonly connect: () => Promise<SolanaCluster>;
    readonly chain: Pick<GuardChain, "times">;
  }) {
    this.#parts = parts;
    this.#cursor = firstCursor(parts.vault);
  }

  /** Reads on to the last final slot. Throws what `readDeposits` throws: then nothing of that look is kept. */
  async look(): Promise<void> {
    const { vault, connect } = this.#parts;
    const cluster = await connect();
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const read = await readDeposits({ cluster, vault, cursor: this.#cursor });
      this.#deposits = [...this.#deposits, ...read.deposits];
      this.#cursor = read.cursor;
      if (!read.isWhole) continue;
      this.#headTime = read.head.time;
      return;
    }
  }

  /** The root of an epoch after those that were posted. Undefined until the cluster is final up to its cut-off; empty where nothing came. */
  depositsOf(epoch: number, posted: readonly PostedRoot[]): MadeDeposits | "empty" | undefined {
    if (this.#headTime < cutOffOf(this.#parts.chain.times, epoch)) return undefined;
    const range = this.#coverage(epoch, posted).get(epoch);
    if (range === undefined || range.to === range.from) return "empty";
    return this.#make(epoch, range, posted);
  }

  /** The root that was posted of an epoch, with its deposits. Undefined where what was posted isn't what came, as far as this reader sees. */
  postedDeposits({ epoch, root }: PostedRoot, posted: readonly PostedRoot[]): MadeDeposits | undefined {
    const range = this.#coverage(epoch, posted).get(epoch);
    if (range === undefined || range.to === range.from) return undefined;
    const made = this.#make(epoch, range, posted);
    return made.root.root === root ? made : undefined;
  }

  #coverage(epoch: number, posted: readonly PostedRoot[]): ReadonlyMap<number, CoveredRange> {
    return coverOf(
      {
        times: this.#parts.chain.times,
        posted,
        countBefore: (time) => {
          const later = this.#deposits.findIndex((one) => one.time >= time);
          return later < 0 ? this.#deposits.length : later;
        },
        rootOf: (ofEpoch, range): Bytes32 => this.#make(ofEpoch, range, posted).root.root,
        most: SOLANA_DEPOSITS_MAX,
      },
      epoch,
    );
  }

  #make(epoch: number, range: CoveredRange, posted: readonly PostedRoot[]): MadeDeposits {
    const before = posted.filter((one) => one.epoch < epoch).at(-1);
    const fromEpoch = before === undefined ? 0 : before.epoch + 1;
    const deposits = this.#deposits.slice(range.from, range.to);
    const { genesisHash } = this.#parts.vault;
    const of = { genesisHash, fromEpoch, epoch };
    return {
      root: solanaDepositsRoot(
        of,
        deposits.map(({ deposit }) => deposit),
      ),
      fromEpoch,
      deposits,
    };
  }
}

export type SolanaSourceParts = {
  readonly book: DepositBook;
  readonly vault: SolanaVault;
  readonly domain: Eip712Domain;
  readonly chain: Pick<
    GuardChain,
    "times" | "readGuardSet" | "readFrozen" | "readPostedDeposits" | "listPostedDeposits" | "postDeposits"
  >;
  readonly nowSeconds: () => UnixSeconds;
};

/** A vault's deposits as a source of roots: attestations of a kind of their own about the cluster, posted beside the others. */
export function createSolanaSource({ book, vault, domain, chain, nowSeconds }: SolanaSourceParts): RootSource {
  const subjectChainId = solanaChainId(vault.genesisHash);
  const attestationOf = (epoch: number, root: Bytes32) =>
    ({ subjectChainId, kind: "solanaDeposits", epoch, root }) as const;
  const signedOf = (epoch: number, { root, signature }: RootSignature) => ({
    attestation: attestationOf(epoch, root),
    signature,
  });
  return {
    name: `solana.${domain.chainId}.${domain.verifyingContract}.${subjectChainId}`,
    readTimes: async () => ({ times: chain.times, now: nowSeconds() }),
    readSet: async (epoch) => {
      const set = await chain.readGuardSet(epoch);
      return { set, frozen: await chain.readFrozen(set.members.map(({ guard }) => guard)) };
    },
    readPosted: (epoch) => chain.readPostedDeposits({ subjectChainId, epoch }),
    compute: async (epoch) => {
      await book.look();
      const made = book.depositsOf(epoch, await chain.listPostedDeposits(subjectChainId));
      if (made === undefined) return { kind: "refused", why: "notFinal" };
      return made === "empty" ? { kind: "empty" } : { kind: "root", root: made.root.root };
    },
    digestOf: ({ epoch, root }) => attestationDigest(domain, attestationOf(epoch, root)),
    post: ({ epoch, root, packed }) => chain.postDeposits({ subjectChainId, epoch, root, packed }),
    offenceOf: (epoch, one, two) => equivocationOf(domain, signedOf(epoch, one), signedOf(epoch, two)),
  };
}
