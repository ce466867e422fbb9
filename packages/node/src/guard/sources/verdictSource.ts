import {
  buildChangeGuards,
  buildPostRoot,
  type MadeVerdicts,
  readHub,
  readVerdicts,
  type SolanaCluster,
  type SolanaHubPlace,
  type SolanaPayer,
  sendSolana,
  solanaKeyToHex,
} from "@cortensor/chain";
import {
  assert,
  attestationDigest,
  type Bytes32,
  cutOffOf,
  type Eip712Domain,
  equivocationOf,
  type GuardSet,
  guardSetHash,
  solanaHubId,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { GuardChain } from "../guardChain.js";
import type { RootSignature, RootSource } from "./rootSource.js";

export type VerdictSourceParts = {
  readonly place: SolanaHubPlace;
  readonly genesisHash: Bytes32;
  /** An RPC that has shown the hub's own cluster. */
  readonly connect: () => Promise<SolanaCluster>;
  /** Pays for posting: a few thousand lamports a root. */
  readonly payer: SolanaPayer;
  readonly domain: Eip712Domain;
  readonly chain: Pick<GuardChain, "times" | "readGuardSet" | "readFrozen">;
  readonly nowSeconds: () => UnixSeconds;
};

/**
 * Verdicts on tasks over Solana as a source of roots: read on Solana, signed as attestations about the hub under the guards' own domain, posted to the
 * program there. Two roots of one epoch are the offence that they are anywhere: whoever has them freezes the guard on its own chain.
 */
export function createVerdictSource(parts: VerdictSourceParts): RootSource {
  const { place, genesisHash, connect, payer, domain, chain, nowSeconds } = parts;
  const subjectChainId = solanaHubId(genesisHash, solanaKeyToHex(place.hub));
  const attestationOf = (epoch: number, root: Bytes32) =>
    ({ subjectChainId, kind: "solanaDeposits", epoch, root }) as const;
  const signedOf = (epoch: number, { root, signature }: RootSignature) => ({
    attestation: attestationOf(epoch, root),
    signature,
  });
  const make = async (epoch: number): Promise<MadeVerdicts | undefined> => {
    const guards = await chain.readGuardSet(epoch);
    return readVerdicts(await connect(), place, { epoch, cutOff: cutOffOf(chain.times, epoch), guards });
  };
  return {
    name: `solana.${domain.chainId}.${domain.verifyingContract}.${subjectChainId}`,
    readTimes: async () => ({ times: chain.times, now: nowSeconds() }),
    readSet: async (epoch) => {
      // Who signs is whom the program knows; on their own chain they may be frozen already.
      const { set } = await readHub(await connect(), place, "confirmed");
      return { set: { ...set, epoch }, frozen: await chain.readFrozen(set.members.map(({ guard }) => guard)) };
    },
    readPosted: async (epoch) => {
      const { roots } = await readHub(await connect(), place, "confirmed");
      return roots.find((one) => one.epoch === epoch)?.merkleRoot;
    },
    compute: async (epoch) => {
      const made = await make(epoch);
      if (made === undefined) return { kind: "refused", why: "notFinal" };
      const { set } = await readHub(await connect(), place, "confirmed");
      const isIdle = made.verdicts.length === 0 && isSame(made.next, set);
      return isIdle ? { kind: "empty" } : { kind: "root", root: made.root.root };
    },
    digestOf: ({ epoch, root }) => attestationDigest(domain, attestationOf(epoch, root)),
    post: async ({ epoch, root, packed }) => {
      const made = await make(epoch);
      assert(made?.root.root === root, "what is posted is what was computed");
      const cluster = await connect();
      const head = { epoch, nextSetHash: guardSetHash(made.next), ...made.root };
      await sendSolana(cluster, { payer, instructions: buildPostRoot(place, { ...head, packed }) });
      const { set } = await readHub(cluster, place, "confirmed");
      if (isSame(made.next, set) || made.next.epoch <= set.epoch) return;
      // The set that was attested may take over at once.
      await sendSolana(cluster, { payer, instructions: [buildChangeGuards(place, epoch, made.next)] });
    },
    offenceOf: (epoch, one, two) => equivocationOf(domain, signedOf(epoch, one), signedOf(epoch, two)),
  };
}

function isSame(one: GuardSet, two: GuardSet): boolean {
  return guardSetHash({ ...one, epoch: 0 }) === guardSetHash({ ...two, epoch: 0 });
}
