import {
  type Address,
  type Bytes32,
  bytesToHex,
  type PostedRoot,
  SIGNED_KINDS,
  type SolanaDeposit,
  type SolanaDepositsRoot,
  solanaDepositLeaf,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs, sliceHex } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { attestationsAbi } from "./generated/Attestations.js";
import { solanaTillAbi, solanaTillBytecode } from "./generated/SolanaTill.js";
import { readHead } from "./readHead.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

const KIND = SIGNED_KINDS.indexOf("solanaDeposits") + 1;

/** The root of deposits on a cluster of one epoch. Undefined while there is none. */
export async function readDepositsRoot(
  chain: ChainReader,
  of: { readonly subjectChainId: number; readonly epoch: number },
): Promise<Bytes32 | undefined> {
  const contract = { address: chain.profile.addresses.attestations, abi: attestationsAbi } as const;
  const args = [BigInt(of.subjectChainId), KIND, BigInt(of.epoch)] as const;
  const read = chain.client.readContract({ ...contract, functionName: "rootOf", args });
  const root = await chainCall("readDepositsRoot", read);
  return root === ZERO_BYTES32 ? undefined : root;
}

/** A root of deposits, and the block that it came in. */
export type PostedDepositsRoot = PostedRoot & { readonly blockNumber: bigint };

/** Roots of deposits that were posted of a cluster, in the order of their epochs; all of them, or from a block on. */
export async function listDepositsRoots(
  chain: ChainReader,
  subjectChainId: number,
  fromBlock = chain.profile.deployBlock,
): Promise<readonly PostedDepositsRoot[]> {
  const { blockNumber: head } = await readHead(chain);
  const roots: PostedDepositsRoot[] = [];
  for (const piece of blockRanges(fromBlock, head)) {
    const found = chain.client.getContractEvents({
      address: chain.profile.addresses.attestations,
      abi: attestationsAbi,
      eventName: "AttestationPosted",
      args: { subjectChainId: BigInt(subjectChainId), kind: KIND },
      strict: true,
      ...piece,
    });
    for (const { args, blockNumber } of await chainCall("listDepositsRoots", found)) {
      roots.push({ epoch: Number(args.epoch), root: args.root, blockNumber });
    }
  }
  return roots.sort((one, two) => one.epoch - two.epoch);
}

/** Posts a root of deposits with its packed quorum, as `postAttestation` posts the others. By anyone. */
export async function postDepositsRoot(
  chain: ChainWriter,
  of: { readonly subjectChainId: number; readonly epoch: number; readonly root: Bytes32; readonly quorum: Uint8Array },
): Promise<ChainReceipt> {
  const posted = { subjectChainId: BigInt(of.subjectChainId), kind: KIND, epoch: BigInt(of.epoch), root: of.root };
  const args = [posted, bytesToHex(of.quorum)] as const;
  const data = encodeFunctionData({ abi: attestationsAbi, functionName: "post", args });
  return sendTo(chain, "attestations", { call: "postDepositsRoot", data });
}

/** What a till is deployed from. */
export const SOLANA_TILL = { abi: solanaTillAbi, bytecode: solanaTillBytecode } as const;

/** Credits a deposit at a till, by the posted root that has it. By anyone, once for each deposit. */
export async function creditDeposit(
  chain: ChainWriter,
  of: {
    readonly till: Address;
    readonly deposit: SolanaDeposit;
    readonly root: SolanaDepositsRoot;
    readonly epoch: number;
    readonly fromEpoch: number;
  },
): Promise<ChainReceipt & { readonly creditedWei: bigint }> {
  const { till, deposit, root, epoch, fromEpoch } = of;
  const path = root.pathOf(root.leaves.indexOf(solanaDepositLeaf(deposit)));
  const { signature, instruction, amount, to, nonce } = deposit;
  const shown = {
    signature: [sliceHex(signature, 0, 32), sliceHex(signature, 32, 64)],
    ...{ instruction, amount, nonce },
    targetKind: to.kind === "session" ? 0 : 1,
    target: to.kind === "session" ? BigInt(to.account) : BigInt(to.address),
  } as const;
  const parts = { fromEpoch: BigInt(fromEpoch), epoch: BigInt(epoch), count: root.count, merkleRoot: root.merkleRoot };
  const args = [shown, parts, path] as const;
  const data = encodeFunctionData({ abi: solanaTillAbi, functionName: "credit", args });
  const sent = await chain.send({ call: "creditDeposit", to: till, data });
  const logs = parseEventLogs({ abi: solanaTillAbi, eventName: "DepositCredited", logs: [...sent.logs] });
  return { ...toReceipt(sent), creditedWei: requireEvent("DepositCredited", sent, logs).args.creditedWei };
}

/** Whether a till has credited a deposit, or its keeper gave it up; and what its reserve may still credit. */
export async function readTill(
  chain: ChainReader,
  { till, depositId }: { readonly till: Address; readonly depositId: Bytes32 },
): Promise<{ readonly isDone: boolean; readonly reserveWei: bigint; readonly capWei: bigint }> {
  const at = { address: till, abi: solanaTillAbi } as const;
  const { client } = chain;
  const [isDone, reserveWei, capWei] = await chainCall(
    "readTill",
    Promise.all([
      client.readContract({ ...at, functionName: "isDone", args: [depositId] }),
      client.readContract({ ...at, functionName: "reserveWei" }),
      client.readContract({ ...at, functionName: "capWei" }),
    ]),
  );
  return { isDone, reserveWei, capWei };
}
