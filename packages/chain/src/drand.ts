import { assert, type Bytes32, type DrandNetwork, type Hex, isHex, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { sendTo } from "./sendTo.js";

const WORD_CHARS = 64;
const SIGNATURE_CHARS = 2 + 4 * WORD_CHARS;

/** The drand network whose rounds go into this network's beacons. Undefined when none do. */
export async function readDrandNetwork(chain: ChainReader): Promise<DrandNetwork | undefined> {
  const read = chain.client.readContract({ ...beaconsOf(chain), functionName: "drand" });
  const { publicKey, genesis, periodSeconds } = await chainCall("readDrandNetwork", read);
  if (publicKey === "0x") return undefined;
  return { publicKey, genesis: Number(genesis), periodSeconds: Number(periodSeconds) };
}

/** What is known of an epoch's round of drand. */
export type DrandPlace = {
  /** Whether the epoch's beacon takes one: guards had committed to it, or to an earlier one. */
  readonly isMixed: boolean;
  /** Of the round that was posted. */
  readonly randomness?: Bytes32;
};

export async function readDrandPlace(chain: ChainReader, epoch: number): Promise<DrandPlace> {
  const beacons = beaconsOf(chain);
  const [firstEpoch, randomness] = await chainCall(
    "readDrandPlace",
    Promise.all([
      chain.client.readContract({ ...beacons, functionName: "firstEpoch" }),
      chain.client.readContract({ ...beacons, functionName: "randomnessOf", args: [BigInt(epoch)] }),
    ]),
  );
  const isMixed = BigInt(epoch) >= firstEpoch;
  return randomness === ZERO_BYTES32 ? { isMixed } : { isMixed, randomness };
}

/**
 * Mixes the drand round that is due into an epoch's beacon: by anyone, from the cut-off of the epoch before until it begins. The signature is a
 * point of G1 in 128 bytes, as `openDrandRound` has it.
 */
export async function postDrandRound(
  chain: ChainWriter,
  { epoch, signature }: { readonly epoch: number; readonly signature: Hex },
): Promise<ChainReceipt> {
  const args = [BigInt(epoch), wordsOf(signature)] as const;
  const data = encodeFunctionData({ abi: beaconsAbi, functionName: "postRound", args });
  return sendTo(chain, "beacons", { call: "postDrandRound", data });
}

function beaconsOf({ profile }: ChainReader) {
  return { address: profile.addresses.beacons, abi: beaconsAbi } as const;
}

function wordsOf(signature: Hex) {
  assert(isHex(signature) && signature.length === SIGNATURE_CHARS, "a drand signature is a point in 128 bytes");
  const word = (place: number) => BigInt(`0x${signature.slice(2 + place * WORD_CHARS, 2 + (place + 1) * WORD_CHARS)}`);
  return { xHigh: word(0), xLow: word(1), yHigh: word(2), yLow: word(3) };
}
