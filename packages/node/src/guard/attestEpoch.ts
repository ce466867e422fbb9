import {
  ATTESTATION_KINDS,
  type Attestation,
  type AttestationKind,
  attestationDigest,
  type Eip712Domain,
  epochStart,
  type GuardSet,
  maySign,
  type SignedAttestation,
  toCompactSignature,
  type Unsigned,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "../host/index.js";
import type { CutOffs } from "./cutOffs.js";
import type { EpochReader } from "./epochReader.js";
import type { GuardBlock, GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import type { SeenSignatures } from "./seenSignatures.js";
import type { SignatureBook } from "./signatureBook.js";

export type AttestParts = {
  readonly chain: GuardChain;
  readonly domain: Eip712Domain;
  readonly signer: NodeSigner;
  readonly book: SignatureBook;
  readonly reader: EpochReader;
  readonly cutOffs: CutOffs;
  readonly seen: SeenSignatures;
  readonly finalityBlocks: number;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/** An epoch that is over and may be signed. */
export type EpochAt = {
  readonly epoch: number;
  readonly set: GuardSet;
  readonly frozen: ReadonlySet<`0x${string}`>;
  /** Kinds of which a root is posted: nobody needs a signature of those. */
  readonly posted: ReadonlySet<AttestationKind>;
  /** Chain time. */
  readonly time: number;
};

/** Signs what it may of an epoch: each kind once, and only what it computed itself. Gives why it didn't, by kind. */
export async function attestEpoch(at: EpochAt, parts: AttestParts): Promise<ReadonlyMap<AttestationKind, Unsigned>> {
  const refused = new Map<AttestationKind, Unsigned>();
  const lastBlock = await parts.cutOffs.lastBlockOf(at.epoch);
  if (lastBlock === undefined) return refused;
  const head = await parts.chain.readHead();
  if (isFinal(head, lastBlock, parts)) parts.cutOffs.remember(at.epoch, lastBlock);
  const open = ATTESTATION_KINDS.filter((kind) => !at.posted.has(kind));
  const deepOf = await readDepths(at.epoch, lastBlock, parts);
  // At once, so that what is signed reaches the disk together.
  const whys = await Promise.all(
    open.map((kind) => attestKind(kind, { ...at, head, lastBlock, deepBlock: deepOf(kind) }, parts)),
  );
  for (const [index, kind] of open.entries()) {
    const why = whys[index];
    if (why !== undefined) refused.set(kind, why);
  }
  return refused;
}

/**
 * The block that has to be final before a kind's root is signed: the last of the epoch's records. Where rounds of drand are mixed in, a beacon is
 * known later: one may be posted until the next epoch begins.
 */
async function readDepths(
  epoch: number,
  lastBlock: GuardBlock,
  { chain, cutOffs }: AttestParts,
): Promise<(kind: AttestationKind) => GuardBlock> {
  const isMixed = (await chain.readDrandNetwork()) !== undefined;
  const ending = isMixed ? await cutOffs.lastBlockBefore(epochStart(chain.times, epoch + 1)) : undefined;
  return (kind) => (kind === "beacon" && ending !== undefined ? ending : lastBlock);
}

function isFinal(head: GuardBlock, block: GuardBlock, { finalityBlocks }: AttestParts): boolean {
  return head.number - block.number >= finalityBlocks;
}

type KindAt = EpochAt & {
  readonly head: GuardBlock;
  readonly lastBlock: GuardBlock;
  /** Final before anything is computed. */
  readonly deepBlock: GuardBlock;
};

async function attestKind(kind: AttestationKind, at: KindAt, parts: AttestParts): Promise<Unsigned | undefined> {
  const { chain, domain, signer, book, reader, seen, finalityBlocks, metrics, log } = parts;
  const { epoch, set, frozen, head, lastBlock, deepBlock } = at;
  const subjectChainId = chain.chainId;
  const signed = book.find({ subjectChainId, kind, epoch });
  // What it signed before is shown again also after a restart, whatever it would compute now.
  if (signed !== undefined) seen.add(signed, signer.address);
  const own = isFinal(head, deepBlock, parts) ? await reader.rootOf({ kind, epoch }, lastBlock) : undefined;
  const read = reader.find(epoch)?.lastBlock ?? lastBlock;
  const root = own?.root ?? signed?.attestation.root;
  const verdict = maySign({
    guard: signer.address,
    asked: { subjectChainId, kind, epoch, root: root ?? UNKNOWN_ROOT },
    set,
    frozen,
    times: chain.times,
    time: at.time,
    headBlock: head.number,
    lastBlock: { number: deepBlock.number, readHash: read.hash, hash: lastBlock.hash },
    finalityBlocks,
    ownRoot: own?.root,
    signedRoot: signed?.attestation.root,
  });
  if (verdict.kind === "refuse") return verdict.why;
  if (verdict.kind === "repeat" || root === undefined) return undefined;
  const attestation: Attestation = { subjectChainId, kind, epoch, root };
  const kept = await book.keep(sign(attestation, domain, signer));
  seen.add(kept, signer.address);
  metrics.signed.add({ kind });
  log.debug("Root signed", { kind, epoch, root: kept.attestation.root });
  return kept.attestation.root === root ? undefined : "signedOther";
}

/** Stands for a root that isn't known: it is refused for another reason before anybody compares it. */
const UNKNOWN_ROOT = `0x${"00".repeat(32)}` as const;

function sign(attestation: Attestation, domain: Eip712Domain, signer: NodeSigner): SignedAttestation {
  return { attestation, signature: toCompactSignature(signer.sign(attestationDigest(domain, attestation))) };
}
