import {
  type LinkEnd,
  openLinkEnd,
  postOutbox,
  QUORUM_MESSENGER,
  readBlock,
  TRIAL_GUARDS,
  type TrialChain,
} from "@cortensor/chain";
import {
  type Address,
  addressOfPrivateKey,
  encodeQuorum,
  epochStart,
  guardSet,
  type Hex,
  keccak256,
  type Message,
  recordEpochAt,
  signDigest,
  toCompactSignature,
  utf8ToBytes,
} from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { createOutboxSource } from "../../guard/sources/index.js";
import { LinkBook } from "../../links/index.js";
import { createQuorumCarrier } from "../quorumCarrier.js";
import type { MessengerAdapter } from "./messengerAdapter.js";

const GUARDS = 5;
const EPOCH_SECONDS = 600;
const CHALLENGE_SECONDS = 60;
const WINDOW_SECONDS = 86_400;
const CAP_WEI = 10n ** 30n;
const FINALITY_BLOCKS = 2;
const CHALLENGER: Address = `0x${"c4".repeat(20)}`;
const STAKE_WEI = 10n ** 18n;

/** Five guards whose keys everybody knows, whose signatures are made and packed as guards make them. */
const KEYS: readonly Hex[] = Array.from({ length: GUARDS }, (_, index) =>
  keccak256(utf8ToBytes(`trial guard ${index}`)),
);

/** The quorum of guards, with their own reader, signatures and relayer's carrier. */
export const quorumAdapter: MessengerAdapter = {
  name: "quorum",
  isAtOnce: false,
  refusesWhilePaused: true,
  open: async ({ near, far, nearPost, farPost }) => {
    const t0 = Math.max(await near.now(), await far.now()) - EPOCH_SECONDS;
    const [nearEnd, farEnd] = await deployEnds({ near, far, nearPost, farPost, t0 });
    const bookOf = (src: LinkEnd, dst: LinkEnd) =>
      new LinkBook({ link: { src, dst }, finalityBlocks: FINALITY_BLOCKS, log: silentLogger });
    const carrierOf = (src: LinkEnd, dst: LinkEnd, chain: TrialChain) =>
      createQuorumCarrier({ book: bookOf(src, dst), sender: chain.sender, finalityBlocks: FINALITY_BLOCKS });
    return {
      near: nearEnd.messenger,
      far: farEnd.messenger,
      nearFromBlock: nearEnd.fromBlock,
      farFromBlock: farEnd.fromBlock,
      openCarriers: () => [carrierOf(nearEnd, farEnd, far), carrierOf(farEnd, nearEnd, near)],
      ripen: async () => {
        const now = Math.max(await near.now(), await far.now());
        // What was sent behind a cut-off is the next epoch's.
        const epoch = recordEpochAt({ t0, epochSeconds: EPOCH_SECONDS }, now);
        const end = epochStart({ t0, epochSeconds: EPOCH_SECONDS }, epoch + 1);
        for (const chain of [near, far]) await chain.pass({ toSeconds: end + 1, blocks: FINALITY_BLOCKS + 2 });
        await attest({ book: bookOf(nearEnd, farEnd), chain: far, epoch });
        await attest({ book: bookOf(farEnd, nearEnd), chain: near, epoch });
        for (const chain of [near, far]) {
          // A chain's time goes on by itself as well: from when the root was posted.
          await chain.pass({ toSeconds: (await chain.now()) + CHALLENGE_SECONDS, blocks: FINALITY_BLOCKS + 2 });
        }
      },
      forge: async (message: Message) => {
        const book = bookOf(nearEnd, farEnd);
        await book.look();
        const posted = book.posted().at(-1);
        const args = [BigInt(posted?.epoch ?? 0), [toArgument(message)], [[]]];
        await far.call({ to: farEnd.messenger, abi: QUORUM_MESSENGER.abi, name: "deliver", args });
        return true;
      },
    };
  },
};

/** What guards do with an epoch that is over: each reads for itself, signs, and one posts. */
async function attest(of: {
  readonly book: LinkBook;
  readonly chain: TrialChain;
  readonly epoch: number;
}): Promise<void> {
  const { book, chain, epoch } = of;
  const source = createOutboxSource({ book, sender: chain.sender });
  const computed = await source.compute(epoch);
  if (computed.kind !== "root") return;
  const { root } = computed;
  const digest = source.digestOf({ epoch, root });
  const signatures = KEYS.slice(0, GUARDS - 1).map((key) => ({
    guard: addressOfPrivateKey(key),
    signature: toCompactSignature(signDigest(digest, key)),
  }));
  const { set } = await source.readSet(epoch);
  await postOutbox(chain.sender, { end: book.link.dst, epoch, root, quorum: encodeQuorum(set, signatures) });
}

async function deployEnds(of: {
  readonly near: TrialChain;
  readonly far: TrialChain;
  readonly nearPost: Address;
  readonly farPost: Address;
  readonly t0: number;
}): Promise<readonly [LinkEnd, LinkEnd]> {
  const { near, far, nearPost, farPost, t0 } = of;
  const guards = guardSet(
    0,
    KEYS.map((key) => ({ guard: addressOfPrivateKey(key), stakeWei: STAKE_WEI })),
  );
  const members: Hex = `0x${guards.members.map(({ guard, stakeWei }) => `${guard.slice(2)}${stakeWei.toString(16).padStart(24, "0")}`).join("")}`;
  const args = [BigInt(t0), BigInt(EPOCH_SECONDS), members];
  const nearSets = await near.deploy({ ...TRIAL_GUARDS, args });
  const farSets = await far.deploy({ ...TRIAL_GUARDS, args });
  const farAddress = await far.nextAddress();
  const terms = (guardSets: Address, meter: Address) => ({
    guardSets,
    meter,
    challenger: CHALLENGER,
    challengeSeconds: BigInt(CHALLENGE_SECONDS),
    windowSeconds: BigInt(WINDOW_SECONDS),
    capWei: CAP_WEI,
  });
  const nearLink = { remoteChainId: BigInt(far.chainId), remote: farAddress, pause: nearPost };
  const nearAddress = await near.deploy({ ...QUORUM_MESSENGER, args: [nearLink, terms(nearSets, nearPost)] });
  const farLink = { remoteChainId: BigInt(near.chainId), remote: nearAddress, pause: farPost };
  await far.deploy({ ...QUORUM_MESSENGER, args: [farLink, terms(farSets, farPost)] });
  return [await endOf(near, nearAddress), await endOf(far, farAddress)];
}

async function endOf(chain: TrialChain, messenger: Address): Promise<LinkEnd> {
  const head = await readBlock(chain, "latest");
  const { chainId, rpcUrl } = chain;
  return openLinkEnd({ chainId, rpcUrls: [rpcUrl], messenger, fromBlock: Number(head?.number ?? 0n) });
}

function toArgument({ nonce, from, to, gasLimit, body }: Message) {
  return { nonce: BigInt(nonce), from, to, gasLimit: BigInt(gasLimit), body };
}
