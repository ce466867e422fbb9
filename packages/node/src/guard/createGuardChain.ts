import {
  type BlockRecord,
  type ChainReader,
  type ChainWriter,
  commitBeacon,
  expireNode,
  expireTask,
  fixGuardSet,
  freezeGuard,
  guardSetsAtHome,
  listCondemnedSets,
  listCondemnedWork,
  listDepositsRoots,
  listNodes,
  type NodeRecord,
  type PostedDepositsRoot,
  postAttestation,
  postDepositsRoot,
  postDrandRound,
  readAccountOwner,
  readAttestations,
  readAttestedRoot,
  readBeacon,
  readBeaconPledge,
  readBlock,
  readDepositsRoot,
  readDisputeNews,
  readDrandNetwork,
  readDrandPlace,
  readDutyRound,
  readFundCredits,
  readGuardSet,
  readHead,
  readIsFrozen,
  readLastFixed,
  readNode,
  readNodeLife,
  readNodeLives,
  readOpenedPlants,
  readSettlements,
  readWorkRecords,
  reportWorkRecord,
  revealBeacon,
} from "@cortensor/chain";
import { type Address, assert } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { createRemembered, createTaskReader } from "../host/index.js";
import type { NodeWatch } from "./deadlineDesk.js";
import type { BlockRange, GuardBlock, GuardChain } from "./guardChain.js";

/** How old what is known of the registry may be: an endpoint that moved is asked for within an epoch. */
const NODES_KEPT_MS = 10_000;

/** What of a guard's chain anybody can read. */
export type GuardReader = Omit<
  GuardChain,
  | "nodes"
  | "fixGuardSet"
  | "reportWork"
  | "freezeGuard"
  | "postAttestation"
  | "postDeposits"
  | "commitBeacon"
  | "revealBeacon"
  | "postDrandRound"
  | "readPledge"
  | "home"
>;

export function createGuardReader(reader: ChainReader, clock: Pick<Clock, "nowMs">): GuardReader {
  const { chainId, addresses, t0, epochSeconds, deployBlock } = reader.profile;
  const nodes = createRemembered({ read: () => listNodes(reader), forMs: NODES_KEPT_MS, clock });
  return {
    chainId,
    guards: addresses.attestations,
    registry: addresses.registry,
    times: { t0, epochSeconds },
    firstBlock: Number(deployBlock),
    readHead: async () => {
      const head = await readBlock(reader, "latest");
      assert(head !== undefined, "a chain has a newest block");
      return toGuardBlock(head);
    },
    readBlock: async (number) => {
      const block = await readBlock(reader, BigInt(number));
      return block && toGuardBlock(block);
    },
    readSettlements: (range) => readSettlements(reader, toBigints(range)),
    readCondemned: async (toBlock) =>
      new Set(await listCondemnedSets(reader, { fromBlock: deployBlock, toBlock: BigInt(toBlock) })),
    readWorkRecords: (range) => readWorkRecords(reader, toBigints(range)),
    readCondemnedWork: (toBlock) => listCondemnedWork(reader, { fromBlock: deployBlock, toBlock: BigInt(toBlock) }),
    readGuardSet: async (epoch) => {
      const { members } = await readGuardSet(reader, epoch);
      return { epoch, members };
    },
    readIsFixed: async (epoch) => (await readGuardSet(reader, epoch)).isFixed,
    readFrozen: async (guards) => {
      const frozen = await Promise.all(guards.map((guard) => readIsFrozen(reader, guard)));
      return new Set(guards.filter((_, index) => frozen[index]));
    },
    readPosted: ({ kind, epoch }) => readAttestedRoot(reader, { subjectChainId: chainId, kind, epoch }),
    listPosted: async (range) =>
      (await readAttestations(reader, toBigints(range))).map(({ subjectChainId, kind, epoch, root }) => ({
        ...{ subjectChainId, kind, epoch, root },
      })),
    readPostedDeposits: (of) => readDepositsRoot(reader, of),
    listPostedDeposits: createDepositRoots(reader),
    readBeacon: (epoch) => readBeacon(reader, epoch),
    readDrandNetwork: () => readDrandNetwork(reader),
    readDrandPlace: (epoch) => readDrandPlace(reader, epoch),
    readDutyRound: ({ epoch, ...range }) => readDutyRound(reader, { epoch, ...toBigints(range) }),
    readPlants: (range) => readOpenedPlants(reader, toBigints(range)),
    readAccountOwners: async (accounts) => {
      const owners = await Promise.all(accounts.map((account) => readAccountOwner(reader, account)));
      return new Map(
        accounts.flatMap((account, index) => {
          const owner = owners[index];
          return owner === undefined ? [] : [[account, owner] as const];
        }),
      );
    },
    readFundCredits: (range) => readFundCredits(reader, toBigints(range)),
    readDisputeNews: (range) => readDisputeNews(reader, toBigints(range)),
    readOwners: createOwners(reader),
    readGuardEndpoints: async (guards) => endpointsOf(await nodes(), guards),
    readRouterEndpoints: async (lane) => routersOf(await nodes(), lane),
  };
}

/** Blocks that are read again at each look: more than any reorganisation reaches. */
const READ_AGAIN_BLOCKS = 256n;

/** Roots of deposits of a cluster; what lies deep is read once. */
function createDepositRoots(reader: ChainReader): GuardChain["listPostedDeposits"] {
  const known = new Map<number, readonly PostedDepositsRoot[]>();
  return async (subjectChainId) => {
    const before = known.get(subjectChainId) ?? [];
    const newest = before.at(-1)?.blockNumber ?? 0n;
    const { deployBlock } = reader.profile;
    const from = newest > deployBlock + READ_AGAIN_BLOCKS ? newest - READ_AGAIN_BLOCKS : deployBlock;
    const again = await listDepositsRoots(reader, subjectChainId, from);
    const all = [...before.filter(({ blockNumber }) => blockNumber < from), ...again];
    known.set(subjectChainId, all);
    return all;
  };
}

/** Nodes whose owner is remembered: it never changes. */
const OWNERS_KEPT = 10_000;

function createOwners(reader: ChainReader): GuardChain["readOwners"] {
  const known = new Map<Address, Address>();
  return async (nodes) => {
    const owners = new Map<Address, Address>();
    for (const node of new Set(nodes)) {
      const owner = known.get(node) ?? (await readNode(reader, node))?.owner;
      if (owner === undefined) continue;
      owners.set(node, owner);
      if (known.size < OWNERS_KEPT) known.set(node, owner);
    }
    return owners;
  };
}

/** A guard's chain, with the guard's own key. */
export function createGuardChain(writer: ChainWriter, clock: Pick<Clock, "nowMs">): GuardChain {
  const done = async (sent: Promise<unknown>): Promise<void> => void (await sent);
  return {
    ...createGuardReader(writer, clock),
    nodes: createNodeWatch(writer),
    ...createHomeSets(writer),
    fixGuardSet: (epoch) => done(fixGuardSet(writer, epoch)),
    reportWork: (of) => done(reportWorkRecord(writer, of)),
    freezeGuard: (proof) => done(freezeGuard(writer, proof)),
    postAttestation: ({ attestation, packed }) => done(postAttestation(writer, { attestation, quorum: packed })),
    postDeposits: ({ packed: quorum, ...root }) => done(postDepositsRoot(writer, { ...root, quorum })),
    readPledge: (epoch) => readBeaconPledge(writer, { epoch, guard: writer.account }),
    commitBeacon: (commit) => done(commitBeacon(writer, commit)),
    revealBeacon: (reveal) => done(revealBeacon(writer, reveal)),
    postDrandRound: (post) => done(postDrandRound(writer, post)),
  };
}

function createHomeSets(writer: ChainWriter): Pick<GuardChain, "home"> {
  const sets = guardSetsAtHome(writer);
  if (sets === undefined) return {};
  return {
    home: {
      readGuardSet: async (epoch) => ({ epoch, members: (await readGuardSet(sets, epoch)).members }),
      fixGuardSet: async (epoch) => void (await fixGuardSet(sets, epoch)),
      readLastFixed: () => readLastFixed(sets),
      readChainSeconds: async () => (await readHead(sets)).timestamp,
    },
  };
}

function createNodeWatch(writer: ChainWriter): NodeWatch {
  return {
    ...createTaskReader(writer),
    listLives: async () => {
      const nodes = (await listNodes(writer, { role: "miner" })).map(({ signer }) => signer);
      const lives = await readNodeLives(writer, nodes);
      return lives.flatMap((life, index) => {
        const node = nodes[index];
        return node === undefined ? [] : [{ node, life }];
      });
    },
    readLife: (node) => readNodeLife(writer, node),
    expireNode: (node) => expireNode(writer, node),
    expireTask: (taskId) => expireTask(writer, taskId),
  };
}

function endpointsOf(nodes: readonly NodeRecord[], guards: readonly Address[]): ReadonlyMap<Address, string> {
  const named = nodes.filter(({ signer, endpoint }) => endpoint !== "" && guards.includes(signer));
  return new Map(named.map(({ signer, endpoint }) => [signer, endpoint]));
}

function routersOf(nodes: readonly NodeRecord[], lane: Address): readonly string[] {
  const routers = nodes.filter(({ roles, endpoint }) => roles.includes("router") && endpoint !== "");
  const [own, others] = [true, false].map((isOwn) => routers.filter(({ owner }) => (owner === lane) === isOwn));
  return [...(own ?? []), ...(others ?? [])].map(({ endpoint }) => endpoint);
}

function toGuardBlock({ number, timestamp, hash, stateRoot }: BlockRecord): GuardBlock {
  return { number: Number(number), time: timestamp, hash, stateRoot };
}

function toBigints({ fromBlock, toBlock }: BlockRange): { readonly fromBlock: bigint; readonly toBlock: bigint } {
  return { fromBlock: BigInt(fromBlock), toBlock: BigInt(toBlock) };
}
