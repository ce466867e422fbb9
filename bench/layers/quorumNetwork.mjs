import {
  deliverMessages,
  openLinkEnd,
  postOutbox,
  readLinkGuards,
  readLinkSet,
  readLinkStates,
  readSent,
  wayOf,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  cutOffOf,
  encodeQuorum,
  epochStart,
  MESSAGE_BATCH_MAX,
  outboxDigest,
  outboxTree,
  recordEpochAt,
  signDigest,
  toCompactSignature,
} from "@cortensor/protocol";
import { anvilKey, startAnvil } from "../../tools/anvil/startAnvil.mjs";
import { deployTwoLayers, openAccounts } from "./twoLayers.mjs";

/** Five guards sign for the link, four of them at once: more than two thirds. */
const GUARD_KEYS = [1, 2, 3, 4, 5].map(anvilKey);
const SIGNERS = 4;
const CHALLENGE_SECONDS = 60;
const CAP_WEI = 10n ** 24n;

/** An L1 and an L2 on two anvils, which a quorum of guards links. */
export async function openQuorumNetwork() {
  const anvils = [await startAnvil({ chainId: 31_401 }), await startAnvil({ chainId: 31_402 })];
  const close = async () => {
    for (const anvil of anvils) await anvil.stop();
  };
  try {
    const [l1, l2] = anvils;
    const network = await deployTwoLayers({
      urls: { l1: l1.url, l2: l2.url },
      chainIds: { l1: l1.chainId, l2: l2.chainId },
      link: {
        messenger: "quorum",
        quorum: {
          firstGuards: GUARD_KEYS.map(addressOfPrivateKey),
          challengeSeconds: CHALLENGE_SECONDS,
          windowSeconds: 86_400,
          capWei: CAP_WEI.toString(),
        },
      },
    });
    const chains = { l1: openAccounts(l1), l2: openAccounts(l2) };
    const link = new QuorumLink({ ...network, chains });
    return { name: "quorum", ...network, chains, close, facts: link.facts, ...link.steps };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What guards and a relayer send for a link, by the calls that they send themselves; each chain's time is moved as far as they have to wait. */
class QuorumLink {
  #chains;
  #times;
  #ends;
  /** Messages that were carried, by the end that sent them. */
  #carried = { l1: 0, l2: 0 };

  constructor({ chains, at, times }) {
    this.#chains = chains;
    this.#times = times;
    const endOf = (name) => {
      const { chainId, rpcUrl } = chains[name].user;
      return openLinkEnd({ chainId, rpcUrls: [rpcUrl], messenger: at(name, "messenger"), fromBlock: 0 });
    };
    this.#ends = { l1: endOf("l1"), l2: endOf("l2") };
  }

  get facts() {
    const { epochSeconds } = this.#times;
    return { epochSeconds, challengeSeconds: CHALLENGE_SECONDS, guards: GUARD_KEYS.length, signers: SIGNERS };
  }

  get steps() {
    return {
      prepare: () => this.#missCutOff(),
      carry: (from, to) => this.#carry(from, to),
      passTo: (seconds) => this.#passTo(seconds),
    };
  }

  /** What is sent now just missed an epoch's cut-off: nothing waits longer. */
  async #missCutOff() {
    await this.#passTo(cutOffOf(this.#times, recordEpochAt(this.#times, await this.#now())));
  }

  /** Everything that an end sent and that wasn't carried. */
  async #carry(from, to) {
    const link = { src: this.#ends[from], dst: this.#ends[to] };
    const { guard, relayer } = this.#chains[to];
    const messages = await this.#sentBy(from, link);
    const way = wayOf(link);
    const tree = outboxTree(way, messages);
    const epoch = recordEpochAt(this.#times, await this.#now());
    await this.#passTo(epochStart(this.#times, epoch + 1));
    const quorum = await quorumOf(link, { epoch, root: tree.root });
    const posted = await postOutbox(guard.sender, { end: link.dst, epoch, root: tree.root, quorum });
    await this.#passTo((await guard.now()) + CHALLENGE_SECONDS);
    const transactions = [{ step: "post the root", payer: "guard", gas: Number(posted.gasUsed) }];
    for (let at = 0; at < messages.length; at += MESSAGE_BATCH_MAX) {
      const given = messages.slice(at, at + MESSAGE_BATCH_MAX);
      const paths = given.map((_, index) => tree.pathOf(at + index));
      const { gasUsed } = await deliverMessages(relayer.sender, { end: link.dst, epoch, messages: given, paths });
      transactions.push({ step: "deliver", payer: "relayer", gas: Number(gasUsed) });
    }
    const states = await readLinkStates(
      link.dst,
      messages.map(({ id }) => id),
    );
    if (!states.every((state) => state === "delivered")) throw new Error(`${from} to ${to}: ${states}`);
    return { transactions, messages: messages.length, arrivedAt: await relayer.now() };
  }

  async #sentBy(from, link) {
    const { client } = link.src;
    const sent = await readSent(link.src, wayOf(link), {
      fromBlock: 0,
      toBlock: Number(await client.getBlockNumber()),
    });
    const left = sent.slice(this.#carried[from]);
    this.#carried[from] = sent.length;
    return left;
  }

  async #now() {
    return Math.max(await this.#chains.l1.user.now(), await this.#chains.l2.user.now());
  }

  async #passTo(toSeconds) {
    for (const { user } of Object.values(this.#chains)) await user.pass({ toSeconds, blocks: 1 });
  }
}

async function quorumOf(link, { epoch, root }) {
  const { guardSets } = await readLinkGuards(link.dst);
  const { set } = await readLinkSet(link.dst, guardSets, epoch);
  const digest = outboxDigest(wayOf(link), { epoch, root });
  const signatures = GUARD_KEYS.slice(0, SIGNERS).map((key) => ({
    guard: addressOfPrivateKey(key),
    signature: toCompactSignature(signDigest(digest, key)),
  }));
  return encodeQuorum(set, signatures);
}
