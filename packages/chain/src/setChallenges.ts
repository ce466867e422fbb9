import {
  type Address,
  type Bytes32,
  bytesToHex,
  decodeSettlementSet,
  parseAddress,
  setTree,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData, keccak256, parseEventLogs } from "viem";
import { ChainError, chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { packCredits } from "./packedCredits.js";
import { packDebits } from "./packedDebits.js";
import { readHead } from "./readHead.js";
import { readSettlements, type SettlementRecord } from "./readSettlements.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** In the order of the contract's numbers. */
const STATES = ["none", "open", "answered", "condemned"] as const;

/** A question for a piece of a settlement's published set. */
export type SetChallenge = {
  readonly id: Bytes32;
  readonly state: Exclude<(typeof STATES)[number], "none">;
  /** The operator that must show it. */
  readonly lane: Address;
  readonly challenger: Address;
  /** Until when (exclusive) it may be answered, and from when anyone may condemn the set. */
  readonly deadline: UnixSeconds;
  /** Number of the piece. */
  readonly index: number;
  readonly settlementId: Bytes32;
  readonly settlementRoot: Bytes32;
};

/**
 * Asks for a piece of a settlement's set. Puts down COR of the writer, which comes back when nobody answers. Throws
 * CHAIN_BAD_SETTLEMENT for a settlement that the chain doesn't know.
 */
export async function openSetChallenge(
  chain: ChainWriter,
  request: { readonly settlementId: Bytes32; readonly index: number },
): Promise<ChainReceipt & { readonly id: Bytes32; readonly deadline: UnixSeconds }> {
  const { settlement, later } = await findChained(chain, request.settlementId);
  const wei = await chainCall("BOND_WEI", chain.client.readContract({ ...contract(chain), functionName: "BOND_WEI" }));
  await ensureAllowance(chain, { spender: chain.profile.addresses.setChallenges, wei });
  const args = [settlement, later, request.index] as const;
  const data = encodeFunctionData({ abi: setChallengesAbi, functionName: "open", args });
  const sent = await chain.send({ call: "openSetChallenge", to: chain.profile.addresses.setChallenges, data });
  const logs = parseEventLogs({ abi: setChallengesAbi, eventName: "ChallengeOpened", logs: [...sent.logs] });
  const { id, deadline } = requireEvent("ChallengeOpened", sent, logs).args;
  return { ...toReceipt(sent), id, deadline: Number(deadline) };
}

/** Shows the piece that a challenge asks for, out of the set's bytes, or that the set has no such piece. */
export async function answerSetChallenge(
  chain: ChainWriter,
  answer: { readonly id: Bytes32; readonly index: number; readonly bytes: Uint8Array },
): Promise<ChainReceipt> {
  const { chunks } = decodeSettlementSet(answer.bytes);
  const tree = setTree(chunks);
  const chunk = chunks[answer.index];
  const shown = [answer.id, chunks.length, tree.root] as const;
  const data =
    chunk === undefined
      ? encodeFunctionData({ abi: setChallengesAbi, functionName: "answerBeyond", args: shown })
      : encodeFunctionData({
          abi: setChallengesAbi,
          functionName: "answer",
          args: [...shown, bytesToHex(chunk), tree.pathOf(answer.index)],
        });
  return sendTo(chain, "setChallenges", { call: "answerSetChallenge", data });
}

/** Takes what a set that nobody showed costs its operator: from the challenge's deadline on, by anyone. */
export async function condemnSet(
  chain: ChainWriter,
  id: Bytes32,
): Promise<ChainReceipt & { readonly frozenWei: bigint; readonly slashedWei: bigint }> {
  const data = encodeFunctionData({ abi: setChallengesAbi, functionName: "condemn", args: [id] });
  const sent = await chain.send({ call: "condemnSet", to: chain.profile.addresses.setChallenges, data });
  const logs = parseEventLogs({ abi: setChallengesAbi, eventName: "SetCondemned", logs: [...sent.logs] });
  const { frozenWei, slashedWei } = requireEvent("SetCondemned", sent, logs).args;
  return { ...toReceipt(sent), frozenWei, slashedWei };
}

/** Undefined for an id under which nothing was asked. */
export async function readSetChallenge(chain: ChainReader, id: Bytes32): Promise<SetChallenge | undefined> {
  const read = chain.client.readContract({ ...contract(chain), functionName: "challengeOf", args: [id] });
  const { state, lane, challenger, deadline, ...asked } = await chainCall("readSetChallenge", read);
  const known = STATES[state] ?? "none";
  if (known === "none") return undefined;
  const parties = { lane: parseAddress(lane), challenger: parseAddress(challenger) };
  return { id, state: known, ...parties, deadline: Number(deadline), ...asked };
}

function contract(chain: ChainReader) {
  return { address: chain.profile.addresses.setChallenges, abi: setChallengesAbi } as const;
}

/** A settlement and those after it in its lane: together they lead to the lane's head. */
async function findChained(chain: ChainReader, settlementId: Bytes32) {
  const toBlock = (await readHead(chain)).blockNumber;
  const all = await readSettlements(chain, { fromBlock: chain.profile.deployBlock, toBlock });
  const wanted = all.find((one) => one.settlementId === settlementId);
  if (wanted === undefined) {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: `${settlementId} is not on this chain` });
  }
  const ofLane = all.filter(({ lane }) => lane === wanted.lane);
  const place = ofLane.indexOf(wanted);
  const timestampOf = async ({ blockNumber }: SettlementRecord): Promise<bigint> =>
    (await chainCall("getBlock", chain.client.getBlock({ blockNumber }))).timestamp;
  const { lane, debits, credits, settlementRoot, setCid } = wanted;
  return {
    settlement: {
      lane,
      debitsHash: keccak256(packDebits(debits, lane)),
      creditsHash: keccak256(packCredits(credits)),
      settlementRoot,
      setCid,
      previousHead: ofLane[place - 1]?.head ?? ZERO_BYTES32,
      timestamp: await timestampOf(wanted),
    },
    later: await Promise.all(
      ofLane
        .slice(place + 1)
        .map(async (one) => ({ settlementId: one.settlementId, timestamp: await timestampOf(one) })),
    ),
  };
}
