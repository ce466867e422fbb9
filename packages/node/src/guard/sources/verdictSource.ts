import {
  buildChangeGuards,
  buildJudge,
  buildPostRoot,
  hexToSolanaKey,
  hubRefusalIn,
  type MadeVerdicts,
  readHub,
  readVerdicts,
  type SentSolana,
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
  type SettledTasks,
  solanaHubId,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { GuardChain } from "../guardChain.js";
import type { RootSignature, RootSource } from "./rootSource.js";

/** Verdicts that a poster shows at once: some seconds' work. */
const JUDGED_MAX = 256;

export type VerdictSourceParts = {
  readonly place: SolanaHubPlace;
  readonly genesisHash: Bytes32;
  /** An RPC that has shown the hub's own cluster. */
  readonly connect: () => Promise<SolanaCluster>;
  /** Pays for posting: a few thousand lamports a root, and as much for each verdict. */
  readonly payer: SolanaPayer;
  readonly domain: Eip712Domain;
  readonly chain: Pick<GuardChain, "times" | "readGuardSet" | "readFrozen">;
  /** What was settled on the guards' own chain in a span of time. Undefined while it isn't final, or can't be fetched. */
  readonly readSettled: (span: {
    readonly after: UnixSeconds;
    readonly before: UnixSeconds;
  }) => Promise<SettledTasks | undefined>;
  /** Resolves once what was sent is confirmed: verdicts rest on their root. */
  readonly confirm: (cluster: SolanaCluster, sent: SentSolana) => Promise<void>;
  readonly nowSeconds: () => UnixSeconds;
};

/**
 * Verdicts on tasks over Solana as a source of roots: read on Solana, signed as attestations about the hub under the guards' own domain, posted to the
 * program there. Two roots of one epoch are the offence that they are anywhere: whoever has them freezes the guard on its own chain.
 */
export function createVerdictSource(parts: VerdictSourceParts): RootSource {
  const { place, genesisHash, connect, payer, domain, chain, readSettled, confirm, nowSeconds } = parts;
  const subjectChainId = solanaHubId(genesisHash, solanaKeyToHex(place.hub));
  const attestationOf = (epoch: number, root: Bytes32) =>
    ({ subjectChainId, kind: "solanaDeposits", epoch, root }) as const;
  const signedOf = (epoch: number, { root, signature }: RootSignature) => ({
    attestation: attestationOf(epoch, root),
    signature,
  });
  const make = async (epoch: number): Promise<MadeVerdicts | undefined> => {
    const guards = await chain.readGuardSet(epoch);
    const before = cutOffOf(chain.times, epoch);
    const settledAfter = (after: UnixSeconds) => readSettled({ after, before });
    return readVerdicts(await connect(), place, { epoch, cutOff: before, guards, readSettled: settledAfter });
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
      await confirm(
        cluster,
        await sendSolana(cluster, { payer, instructions: buildPostRoot(place, { ...head, packed }) }),
      );
      await judgeAll(parts, { epoch, made });
      const { set } = await readHub(cluster, place, "confirmed");
      if (isSame(made.next, set) || made.next.epoch <= set.epoch) return;
      // The set that was attested may take over at once.
      await sendSolana(cluster, { payer, instructions: [buildChangeGuards(place, epoch, made.next)] });
    },
    offenceOf: (epoch, one, two) => equivocationOf(domain, signedOf(epoch, one), signedOf(epoch, two)),
  };
}

/** Shows each verdict to the task that it is on. Whoever else does so first is welcome; what is left out comes again under the next root. */
async function judgeAll(
  { place, connect, payer }: VerdictSourceParts,
  { epoch, made }: { readonly epoch: number; readonly made: MadeVerdicts },
): Promise<void> {
  const cluster = await connect();
  for (const said of made.awaited.slice(0, JUDGED_MAX)) {
    const task = hexToSolanaKey(said.task);
    const path = made.root.pathOf(said);
    const instructions = [buildJudge(place, { task, epoch, verdict: said.verdict, path })];
    try {
      await sendSolana(cluster, { payer, instructions });
    } catch (error) {
      if (hubRefusalIn(error) === undefined) throw error;
    }
  }
}

function isSame(one: GuardSet, two: GuardSet): boolean {
  return guardSetHash({ ...one, epoch: 0 }) === guardSetHash({ ...two, epoch: 0 });
}
