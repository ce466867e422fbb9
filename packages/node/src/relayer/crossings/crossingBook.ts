import {
  isSameStanding,
  type LayerCrossing,
  type LinkEnd,
  readBlock,
  readHeardNodes,
  readHeardStakes,
  readIsBlockKnown,
  readNodeSigners,
  readNodeStandings,
  readVaultStake,
  type SentMessage,
} from "@cortensor/chain";
import { type Address, assert, type UnixSeconds } from "@cortensor/protocol";
import type { FollowedState } from "./followedState.js";
import { type CrossingView, LOST_SECONDS, type StakeShown, type Telling } from "./nextCrossings.js";
import { OpenRoots } from "./openRoots.js";
import { followToldBelow, type ToldBelow } from "./toldBelow.js";

/** Nodes that a look reads, beside the newest: the rest has its turn. */
const NODES_PER_LOOK = 256;
/** What registered last is read at each look. */
const NEWEST_NODES = 32;
/** Operators whose stakes are asked for at once. */
const STAKES_AT_ONCE = 16;

export type CrossingBookParts = {
  readonly crossing: LayerCrossing;
  /** Blocks on top of a block before it is read for good. */
  readonly finalityBlocks: number;
  /** Nodes that a look reads beside the newest. Default 256. */
  readonly nodesPerLook?: number;
};

type Standing = Awaited<ReturnType<typeof readNodeStandings>>[number];
/** A block of the parent that the layer below knows, or is told of. */
type ReportedBlock = { readonly number: bigint; readonly isKnown: boolean };

/** One crossing as anybody can read it: what stands on each chain, and what of it the other was told. It keeps nothing that it couldn't read again. */
export class CrossingBook {
  readonly crossing: LayerCrossing;
  readonly #told: FollowedState<ToldBelow, SentMessage>;
  readonly #roots: OpenRoots;
  readonly #nodesPerLook: number;
  readonly #times = new Map<string, UnixSeconds>();
  #turn = 1;
  #provableIn: bigint | undefined;

  constructor({ crossing, finalityBlocks, nodesPerLook = NODES_PER_LOOK }: CrossingBookParts) {
    this.crossing = crossing;
    this.#nodesPerLook = nodesPerLook;
    this.#told = followToldBelow(crossing, finalityBlocks);
    this.#roots = new OpenRoots(crossing, finalityBlocks);
  }

  /** The block whose state proofs are made of, as the last look found it. */
  provableIn(): bigint | undefined {
    return this.#provableIn;
  }

  /** Throws what its RPCs throw, and CHAIN_BAD_LINK for messages that none of ours sends. */
  async look(): Promise<CrossingView> {
    const { parent, child, times } = this.crossing;
    // What stands is read first: what changes and is told meanwhile looks untold, and is told twice at the worst.
    const [above, below] = await Promise.all([readBlock(parent, "latest"), readBlock(child, "latest")]);
    assert(above !== undefined && below !== undefined, "a chain has a newest block");
    this.#times.clear();
    const standings = await this.#readNodes();
    const told = await this.#told.readTo(Number(above.number));
    const operators = [...new Set(standings.map(({ owner }) => owner))];
    const nodes = await this.#tellNodes(standings, told, above.timestamp);
    const stakes = await this.#tellStakes(operators, told, above.timestamp);
    const roots = await this.#tellRoots(Number(below.number));
    return { now: below.timestamp, times, nodes, stakes, roots };
  }

  async #readNodes(): Promise<readonly Standing[]> {
    const { parent, nodes } = this.crossing;
    const { registry } = nodes;
    const inTurn = await readNodeSigners(parent.client, { registry, fromId: this.#turn, most: this.#nodesPerLook });
    const { count } = inTurn;
    const fromId = Math.max(1, count - NEWEST_NODES + 1);
    const newest = await readNodeSigners(parent.client, { registry, fromId, most: NEWEST_NODES });
    const next = this.#turn + this.#nodesPerLook;
    this.#turn = next > count ? 1 : next;
    const signers = [...new Set([...inTurn.signers, ...newest.signers])];
    return readNodeStandings(parent.client, { registry, signers });
  }

  async #tellNodes(standings: readonly Standing[], told: ToldBelow, parentTime: UnixSeconds) {
    const { child, nodes, parent } = this.crossing;
    const signers = standings.map(({ signer }) => signer);
    const heard = await readHeardNodes(child.client, { mirror: nodes.mirror, signers });
    const telling = async ({ signer, standing }: Standing, index: number): Promise<Telling> => {
      const said = told.nodes.get(signer);
      if (said === undefined || !isSameStanding(standing, said.standing, parentTime)) return { kind: "untold" };
      return this.#underWay(parent, said, heard[index] ?? 0);
    };
    return Promise.all(
      standings.map(async (one, index) => ({ signer: one.signer, telling: await telling(one, index) })),
    );
  }

  async #tellStakes(
    operators: readonly Address[],
    told: ToldBelow,
    parentTime: UnixSeconds,
  ): Promise<CrossingView["stakes"]> {
    const { stakes, parent, child } = this.crossing;
    if (stakes === undefined) return [];
    const tellings: CrossingView["stakes"][number][] = [];
    const block = await this.#lastBlock(told, parentTime);
    this.#provableIn = block?.number;
    for (let at = 0; at < operators.length; at += STAKES_AT_ONCE) {
      const some = operators.slice(at, at + STAKES_AT_ONCE);
      const heard = await readHeardStakes(child.client, { mirror: stakes.mirror, operators: some });
      const read = some.map(async (operator, index) => {
        const { sequence } = await readVaultStake(parent.client, { vault: stakes.vault, operator });
        const known = heard[index] ?? 0;
        if (known >= sequence) return { operator, telling: { kind: "arrived" }, shown: "nothing" } as const;
        const said = told.stakes.get(operator);
        const isSaid = said !== undefined && said.sequence >= sequence;
        const telling: Telling = isSaid ? await this.#underWay(parent, said, known) : { kind: "untold" };
        return { operator, telling, shown: await this.#shownBy(block, { operator, sequence }) };
      });
      tellings.push(...(await Promise.all(read)));
    }
    return tellings;
  }

  /** The last block that was reported, while it stands and isn't lost on its way. */
  async #lastBlock({ block }: ToldBelow, parentTime: UnixSeconds): Promise<ReportedBlock | undefined> {
    const { stakes, parent, child } = this.crossing;
    if (stakes === undefined || block === undefined) return undefined;
    const { blockHash } = block;
    // The reporter names the block before the one that it is called in.
    const number = BigInt(block.sentIn) - 1n;
    const stands = await readBlock(parent, number);
    if (stands?.hash !== blockHash) return undefined;
    const isKnown = await readIsBlockKnown(child.client, { parentBlocks: stakes.parentBlocks, blockHash });
    return isKnown || parentTime < stands.timestamp + LOST_SECONDS ? { number, isKnown } : undefined;
  }

  async #shownBy(
    block: ReportedBlock | undefined,
    { operator, sequence }: { readonly operator: Address; readonly sequence: number },
  ): Promise<StakeShown> {
    const { stakes, parent } = this.crossing;
    if (block === undefined || stakes === undefined) return "nothing";
    const at = { vault: stakes.vault, operator, blockNumber: block.number };
    // An RPC keeps the state of old blocks for a while: one that has it no more can't prove it either.
    const then = await readVaultStake(parent.client, at).catch(() => undefined);
    if (then === undefined || (then.sequence === sequence && then.heldWei === 0n)) return "never";
    if (then.sequence < sequence) return "nothing";
    return block.isKnown ? "now" : "soon";
  }

  async #tellRoots(head: number): Promise<CrossingView["roots"]> {
    const { child } = this.crossing;
    const roots = await this.#roots.readTo(head);
    const telling = async (anchor: (typeof roots)[number]["anchor"]): Promise<Telling> =>
      anchor === undefined
        ? { kind: "untold" }
        : { kind: "underWay", sentAt: await this.#timeOf(child, anchor.blockNumber) };
    return Promise.all(roots.map(async ({ ref, anchor }) => ({ ref, telling: await telling(anchor) })));
  }

  async #underWay(
    from: LinkEnd,
    said: { readonly sequence: number; readonly blockNumber: number },
    heard: number,
  ): Promise<Telling> {
    if (heard >= said.sequence) return { kind: "arrived" };
    return { kind: "underWay", sentAt: await this.#timeOf(from, said.blockNumber) };
  }

  /** A block's time: read once in a look. */
  async #timeOf(end: LinkEnd, blockNumber: number): Promise<UnixSeconds> {
    const key = `${end.chainId} ${blockNumber}`;
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const block = await readBlock(end, BigInt(blockNumber));
    // One that isn't there any more was just sent, or will be sent again.
    const time = block?.timestamp ?? Number.MAX_SAFE_INTEGER;
    this.#times.set(key, time);
    return time;
  }
}
