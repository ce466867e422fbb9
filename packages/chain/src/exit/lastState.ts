import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { encodeDeployData, encodeFunctionData, type PublicClient } from "viem";
import { ChainError, chainCall } from "../chainError.js";
import type { ChainReceipt, ChainWriter } from "../chainWriter.js";
import { lastStateAbi, lastStateBytecode } from "../generated/LastState.js";
import { toReceipt } from "../toReceipt.js";
import type { ExitPlace } from "./exitPlace.js";
import { OUTPUT_ORACLE_ABI } from "./opStackAbi.js";

/** Where the OP Stack keeps what a chain sends to its parent. */
const MESSAGE_PASSER: Address = "0x4200000000000000000000000000000000000016";

/** Creation code of what a chain's outputs are posted through. */
export function lastStateCreation(parts: {
  readonly oracle: Hex;
  readonly portal: Hex;
  readonly proposer: Hex;
  readonly silenceSeconds: number;
}): Hex {
  const args = [parts.oracle, parts.portal, parts.proposer, BigInt(parts.silenceSeconds)] as const;
  return encodeDeployData({ abi: lastStateAbi, bytecode: lastStateBytecode, args });
}

/** How far a chain's end has come. Seconds of the parent's clock. */
export type ExitStage =
  /** Nobody asked since the last output. */
  | { readonly kind: "open"; readonly lastOutputAt: number }
  /** Asked, and not answered yet: from `fixableAt` on anybody may fix the last output. */
  | { readonly kind: "asked"; readonly fixableAt: number }
  /** The last state is fixed for good; 0x0…0 where there never was one. */
  | { readonly kind: "fixed"; readonly index: number; readonly stateRoot: Hex };

export async function readExitStage(parent: PublicClient, place: ExitPlace): Promise<ExitStage> {
  const last = { address: place.lastState, abi: lastStateAbi } as const;
  const isFixed = await chainCall("isFixed", parent.readContract({ ...last, functionName: "isFixed" }));
  if (isFixed) {
    const index = await chainCall("lastIndex", parent.readContract({ ...last, functionName: "lastIndex" }));
    const stateRoot = await chainCall("stateRoot", parent.readContract({ ...last, functionName: "stateRoot" }));
    return { kind: "fixed", index: Number(index), stateRoot };
  }
  const oracle = { address: place.oracle, abi: OUTPUT_ORACLE_ABI } as const;
  const askedAt = await chainCall("askedAt", parent.readContract({ ...last, functionName: "askedAt" }));
  const output = await readLastOutput(parent, place);
  const lastOutputAt = output?.seconds ?? 0;
  if (askedAt <= lastOutputAt) return { kind: "open", lastOutputAt };
  const silence = await chainCall("silenceSeconds", parent.readContract({ ...last, functionName: "silenceSeconds" }));
  const window = await chainCall(
    "finalizationPeriodSeconds",
    parent.readContract({ ...oracle, functionName: "finalizationPeriodSeconds" }),
  );
  return { kind: "asked", fixableAt: Math.max(Number(askedAt + silence), lastOutputAt + Number(window)) };
}

/** An output that was posted. */
export type LastOutput = { readonly index: number; readonly seconds: number; readonly blockNumber: bigint };

/** The newest output; undefined where there never was one. */
export async function readLastOutput(parent: PublicClient, place: ExitPlace): Promise<LastOutput | undefined> {
  const oracle = { address: place.oracle, abi: OUTPUT_ORACLE_ABI } as const;
  const next = await chainCall("nextOutputIndex", parent.readContract({ ...oracle, functionName: "nextOutputIndex" }));
  return next === 0n ? undefined : readOutput(parent, place, Number(next) - 1);
}

export async function readOutput(parent: PublicClient, place: ExitPlace, index: number): Promise<LastOutput> {
  const oracle = { address: place.oracle, abi: OUTPUT_ORACLE_ABI } as const;
  const read = parent.readContract({ ...oracle, functionName: "getL2Output", args: [BigInt(index)] });
  const { timestamp, l2BlockNumber } = await chainCall("getL2Output", read);
  return { index, seconds: Number(timestamp), blockNumber: l2BlockNumber };
}

/** Asks an operator for a sign of life. */
export async function askLastState(sender: Pick<ChainWriter, "send">, place: ExitPlace): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: lastStateAbi, functionName: "ask" });
  return toReceipt(await sender.send({ call: "ask", to: place.lastState, data }));
}

/** Fixes the last output, from the chain as it was derived. Throws CHAIN_REVERTED where it isn't time, or the operator answered. */
export async function fixLastState(
  sender: Pick<ChainWriter, "send">,
  parts: { readonly parent: PublicClient; readonly child: PublicClient; readonly place: ExitPlace },
): Promise<ChainReceipt> {
  const { parent, child, place } = parts;
  const output = await readLastOutput(parent, place);
  const zero: Hex = `0x${"0".repeat(64)}`;
  const shown =
    output === undefined
      ? { stateRoot: zero, passerStorageRoot: zero, blockHash: zero }
      : await outputOf(child, output.blockNumber);
  const data = encodeFunctionData({ abi: lastStateAbi, functionName: "fixLast", args: [shown] });
  return toReceipt(await sender.send({ call: "fixLast", to: place.lastState, data }));
}

/** What an output's root is made of. */
async function outputOf(child: PublicClient, blockNumber: bigint) {
  const block = await chainCall("fixLastState", child.getBlock({ blockNumber }));
  const proof = child.getProof({ address: MESSAGE_PASSER, storageKeys: [], blockNumber });
  const { storageHash } = await chainCall("fixLastState", proof);
  return { stateRoot: block.stateRoot, passerStorageRoot: storageHash, blockHash: block.hash };
}

/** The block whose state was fixed; undefined where the chain never posted one. Throws CHAIN_NOT_FIXED before. */
export async function readFixedBlock(parent: PublicClient, place: ExitPlace): Promise<bigint | undefined> {
  const stage = await readExitStage(parent, place);
  if (stage.kind !== "fixed")
    throw new ChainError({ code: "CHAIN_NOT_FIXED", lastState: parseAddress(place.lastState) });
  if (BigInt(stage.stateRoot) === 0n) return undefined;
  return (await readOutput(parent, place, stage.index)).blockNumber;
}
