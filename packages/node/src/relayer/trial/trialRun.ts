import {
  type LinkState,
  openLinkEnd,
  readBlock,
  readLinkStates,
  readSent,
  type SentMessage,
  TRIAL_COINS_WEI,
  TRIAL_POST,
  type TrialChain,
} from "@cortensor/chain";
import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import type { LinkCarrier } from "../linkCarrier.js";
import type { MessengerAdapter, OpenedMessenger, TrialWorld } from "./messengerAdapter.js";

/** Gas that a trial's receiver needs a tenth of. */
export const TRIAL_GAS = 300_000;
export const CONDUCT = { take: 0, fail: 1, burnGas: 2 } as const;
export type TrialSide = "near" | "far";

/** An adapter with both ends, their posts, and what a trial does with them. */
export class TrialRun {
  readonly adapter: MessengerAdapter;
  readonly world: TrialWorld;
  readonly opened: OpenedMessenger;

  private constructor(adapter: MessengerAdapter, world: TrialWorld, opened: OpenedMessenger) {
    this.adapter = adapter;
    this.world = world;
    this.opened = opened;
  }

  /** Deploys posts and ends. An adapter that delivers at once has both ends on the first chain. */
  static async open(adapter: MessengerAdapter, chains: readonly [TrialChain, TrialChain]): Promise<TrialRun> {
    const [near, other] = chains;
    const far = adapter.isAtOnce ? near : other;
    const nearPost = await near.deploy({ ...TRIAL_POST, args: [TRIAL_COINS_WEI] });
    const farPost = await far.deploy({ ...TRIAL_POST, args: [TRIAL_COINS_WEI] });
    const world = { near, far, nearPost, farPost };
    const opened = await adapter.open(world);
    await near.call({ to: nearPost, abi: TRIAL_POST.abi, name: "join", args: [opened.near, farPost] });
    await far.call({ to: farPost, abi: TRIAL_POST.abi, name: "join", args: [opened.far, nearPost] });
    return new TrialRun(adapter, world, opened);
  }

  chainOf(side: TrialSide): TrialChain {
    return this.world[side];
  }

  postOf(side: TrialSide): Address {
    return side === "near" ? this.world.nearPost : this.world.farPost;
  }

  /** Sends a message for each amount. */
  async give(side: TrialSide, amountsWei: readonly bigint[], gasLimit = TRIAL_GAS): Promise<void> {
    await this.#call(side, "give", [amountsWei, BigInt(gasLimit)]);
  }

  async behave(side: TrialSide, conduct: keyof typeof CONDUCT): Promise<void> {
    await this.#call(side, "behave", [CONDUCT[conduct]]);
  }

  async stop(side: TrialSide, isStopped: boolean): Promise<void> {
    await this.#call(side, "stop", [isStopped]);
  }

  /** All that an end has sent. */
  async sentBy(side: TrialSide): Promise<readonly SentMessage[]> {
    const { near, far, nearFromBlock, farFromBlock } = this.opened;
    const { world } = this;
    const ways = {
      near: { src: world.near.chainId, srcMessenger: near, dst: world.far.chainId, dstMessenger: far },
      far: { src: world.far.chainId, srcMessenger: far, dst: world.near.chainId, dstMessenger: near },
    };
    const chain = this.chainOf(side);
    const [messenger, fromBlock] = side === "near" ? [near, nearFromBlock] : [far, farFromBlock];
    const end = openLinkEnd({ chainId: chain.chainId, rpcUrls: [chain.rpcUrl], messenger, fromBlock });
    const head = await readBlock(chain, "latest");
    const sent = await readSent(end, ways[side], { fromBlock, toBlock: Number(head?.number ?? 0n) });
    return sent.filter(({ from }) => from === this.postOf(side));
  }

  /** How often the other end's post took a message of this end's, and where it stands there. */
  async standingOf(side: TrialSide, id: Bytes32): Promise<{ readonly taken: bigint; readonly state: LinkState }> {
    const other = side === "near" ? "far" : "near";
    const chain = this.chainOf(other);
    const taken = await chain.read({ to: this.postOf(other), abi: TRIAL_POST.abi, name: "timesTaken", args: [id] });
    const messenger = other === "near" ? this.opened.near : this.opened.far;
    const end = openLinkEnd({ chainId: chain.chainId, rpcUrls: [chain.rpcUrl], messenger, fromBlock: 0 });
    const [state] = await readLinkStates(end, [id]);
    return { taken: BigInt(String(taken)), state: state ?? "none" };
  }

  async heldWei(side: TrialSide): Promise<bigint> {
    const held = await this.chainOf(side).read({ to: this.postOf(side), abi: TRIAL_POST.abi, name: "heldWei" });
    return BigInt(String(held));
  }

  /** Coins at both ends, and what is under way: what was sent and isn't taken. */
  async totalWei(): Promise<bigint> {
    let sum = (await this.heldWei("near")) + (await this.heldWei("far"));
    for (const side of ["near", "far"] as const) {
      for (const { id, body } of await this.sentBy(side)) {
        const { taken } = await this.standingOf(side, id);
        sum += BigInt(body) * (1n - taken);
      }
    }
    return sum;
  }

  /** Hands in what may be, with carriers that begin anew; `pick` says what of it, and in which order. */
  async carry(
    pick: (carrier: LinkCarrier) => Promise<void> = carryAll,
    carriers: readonly LinkCarrier[] = this.opened.openCarriers(),
  ): Promise<void> {
    for (const carrier of carriers) await pick(carrier);
  }

  async mark(): Promise<readonly Hex[]> {
    const marks = [await this.world.near.mark()];
    if (this.world.far !== this.world.near) marks.push(await this.world.far.mark());
    return marks;
  }

  async takeBack([near, far]: readonly Hex[]): Promise<void> {
    if (near !== undefined) await this.world.near.takeBack(near);
    if (far !== undefined) await this.world.far.takeBack(far);
  }

  async #call(side: TrialSide, name: string, args: readonly unknown[]): Promise<void> {
    await this.chainOf(side).call({ to: this.postOf(side), abi: TRIAL_POST.abi, name, args });
  }
}

/** Hands everything in, each by itself, that never came. */
export async function carryAll(carrier: LinkCarrier): Promise<void> {
  const { waiting } = await carrier.look();
  for (const one of waiting.filter(({ state }) => state === "none")) await carrier.deliver([one]);
}
