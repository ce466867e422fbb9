import { join } from "node:path";
import { type LayerProfile, openEntry, postOutbox, QUORUM_MESSENGER } from "@cortensor/chain";
import { LinkBook } from "@cortensor/node";
import { type Address, hexToBytes } from "@cortensor/protocol";
import { runLoop } from "@cortensor/runtime";
import {
  concatHex,
  encodeFunctionData,
  erc20Abi,
  numberToHex,
  parseAbi,
  serializeCompactSignature,
  signatureToCompactSignature,
} from "viem";
import { sign } from "viem/accounts";
import { writeFileWhole } from "../../home/writeFileWhole.js";
import { FAUCET_KEY } from "../../startChain.js";
import type { LocalParts } from "../localChildren.js";
import type { LayerSender } from "./layerSender.js";

const COR = 10n ** 18n;
/** COR of play money on Base: whoever wants to come from there is given some. */
const BASE_COR_WEI = 100_000n * COR;
const LOOK_MS = 2_000;
const VAULT = parseAbi(["function lock(address to, uint256 amountWei) payable returns (bytes32)"]);
/** The first and only bit of a set of one. */
const ONE_SIGNER = numberToHex(1, { size: 4 });

export type BaseLegParts = {
  readonly layers: LayerProfile;
  /** The faucet on the L2 and on Base. */
  readonly below: LayerSender;
  readonly base: LayerSender;
};

/**
 * Sends play money from the L2 to Base, and signs what goes there: Base has no guards but its first one, the deployer of play money. What comes from
 * Base the L2's guards sign, as the file says that this resolves to.
 */
export async function startBaseLeg(parts: LocalParts, of: BaseLegParts): Promise<Readonly<Record<string, string>>> {
  const { context, clock } = parts;
  const { shutdown, output, paths } = context;
  const entry = openEntry(of.layers, { env: {} });
  if (entry === undefined) throw new RangeError("the profile has a chain that wallets come from");
  const { parent, child } = entry;
  await lendCor(of);
  const book = new LinkBook({ link: { src: parent, dst: child }, finalityBlocks: 0, log: context.log("base") });
  const work = () => signNext(book, of.base);
  const onError = () => output.warn("base.silent", "What goes to Base couldn't be signed, and is tried again");
  const loop = runLoop({ name: "base", everyMs: LOOK_MS, clock, signal: shutdown.signal, work, onError });
  shutdown.add("base's first guard", () => loop);
  const links = join(paths.home, "networks", "links.json");
  const way = { src: placeOf(of.layers, "base", child), dst: placeOf(of.layers, "l2", parent) };
  await writeFileWhole(links, JSON.stringify({ ways: [way] }));
  return { GUARD_LINKS: links };
}

function placeOf({ chains, deployed }: LayerProfile, chain: string, { messenger }: { readonly messenger: Address }) {
  const [of, stands] = [chains[chain], deployed?.[chain]];
  if (of === undefined || stands === undefined) throw new RangeError(`${chain} is deployed`);
  return { chainId: of.chainId, rpcUrls: of.rpcUrls, messenger, fromBlock: Number(stands.deployBlock) };
}

async function lendCor({ layers, below, base }: BaseLegParts): Promise<void> {
  const [l2, there] = [layers.deployed?.l2?.addresses, layers.deployed?.base?.addresses];
  if (l2?.cor === undefined || l2.entryVault === undefined || there?.cor === undefined)
    throw new RangeError("what joins Base to the L2 is deployed");
  const read = { abi: erc20Abi, functionName: "totalSupply" } as const;
  const locked = { address: l2.cor, abi: erc20Abi, functionName: "balanceOf", args: [l2.entryVault] } as const;
  const [supply, underWay] = await Promise.all([
    base.client.readContract({ address: there.cor, ...read }),
    below.client.readContract(locked),
  ]);
  if (supply > 0n || underWay > 0n) return;
  const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [l2.entryVault, BASE_COR_WEI] });
  await below.send({ call: "approve", to: l2.cor, data: approve });
  const lock = encodeFunctionData({ abi: VAULT, functionName: "lock", args: [base.account, BASE_COR_WEI] });
  await below.send({ call: "lock", to: l2.entryVault, data: lock });
}

/** Signs and posts the outbox of the last epoch that is over, where it has one that isn't posted. */
async function signNext(book: LinkBook, base: LayerSender): Promise<void> {
  const { dst } = book.link;
  await book.look();
  const { times } = await book.guards();
  const { timestamp } = await dst.client.getBlock();
  const epoch = Math.floor((Number(timestamp) - times.t0) / times.epochSeconds) - 1;
  const outbox = epoch < 0 ? undefined : book.outboxOf(epoch);
  if (outbox?.kind !== "outbox" || (await book.readPosted(epoch)) !== undefined) return;
  const ask = { address: dst.messenger, abi: QUORUM_MESSENGER.abi, functionName: "digestOf" } as const;
  const hash = await dst.client.readContract({ ...ask, args: [BigInt(epoch), outbox.root] });
  const signature = signatureToCompactSignature(await sign({ hash, privateKey: FAUCET_KEY }));
  const quorum = hexToBytes(concatHex([ONE_SIGNER, serializeCompactSignature(signature)]));
  await postOutbox(base, { end: dst, epoch, root: outbox.root, quorum });
}
