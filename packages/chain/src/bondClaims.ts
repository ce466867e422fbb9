import {
  type Address,
  type Assignment,
  type BatchProof,
  type Bytes32,
  bytesToHex,
  type Checkpoint,
  type CreditNote,
  CUSTODIES,
  encodePayees,
  FINISH_REASONS,
  type PaidSegment,
  type Payee,
  parseAddress,
  type Receipt,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData, type Hex, parseEventLogs } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainCall, ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { bondClaimsAbi } from "./generated/BondClaims.js";
import { readHead } from "./readHead.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** A credit note and where it stands in a router's batch. */
export type ProvenNote = { readonly note: CreditNote; readonly proof: BatchProof };

/** In the order of the contract's numbers. */
const CLAIM_KINDS = ["none", "note", "receipt", "checkpoint"] as const;

/** A claim on a router operator's bond. */
export type ClaimRecord = {
  readonly id: Bytes32;
  /** What it stands on now: one on a segment stands on a note once it was answered. */
  readonly kind: Exclude<(typeof CLAIM_KINDS)[number], "none">;
  readonly isAnswered: boolean;
  readonly operator: Address;
  readonly payee: Address;
  /** From when anyone may finalise it. */
  readonly finaliseAt: UnixSeconds;
  /** Of a note: how far the payee's counter must go. Else: what the segment pays. */
  readonly dueWei: bigint;
  readonly paidWei: bigint;
  /** Back to who opened it when the claim is paid. */
  readonly depositWei: bigint;
  readonly isClosed: boolean;
};

export type OpenedClaim = ChainReceipt & { readonly id: Bytes32; readonly finaliseAt: UnixSeconds };

/** Claims what a note promises beyond what the payee was credited. The writer is the payee, or the operator of its node. */
export async function openNoteClaim(chain: ChainWriter, proven: ProvenNote): Promise<OpenedClaim> {
  const args = [toSignedNote(proven)] as const;
  return open(chain, "openNoteClaim", encodeFunctionData({ abi: bondClaimsAbi, functionName: "openNoteClaim", args }));
}

/** Claims what a receipt promises its payee at `index`. Takes the contract's deposit from the writer, who has it back when it is paid. */
export async function openReceiptClaim(
  chain: ChainWriter,
  claim: {
    readonly receipt: Receipt;
    readonly payees: readonly Payee[];
    readonly index: number;
    readonly proof: BatchProof;
    /** The highest note that the payee holds of this operator. */
    readonly baseline?: ProvenNote;
  },
): Promise<OpenedClaim> {
  await allowDeposit(chain);
  const { receipt, payees, index, proof, baseline } = claim;
  const data = encodeFunctionData({
    abi: bondClaimsAbi,
    functionName: "openReceiptClaim",
    args: [
      {
        ...receipt,
        custody: CUSTODIES.indexOf(receipt.custody),
        finish: FINISH_REASONS.indexOf(receipt.finish),
        epoch: BigInt(receipt.epoch),
      },
      bytesToHex(encodePayees(payees)),
      BigInt(index),
      toProof(proof),
      toSignedNote(baseline),
      NO_PERMIT,
    ],
  });
  return open(chain, "openReceiptClaim", data);
}

/** Claims the output that a router assigned and acknowledged. Takes the deposit. */
export async function openCheckpointClaim(
  chain: ChainWriter,
  claim: {
    readonly assignment: Assignment;
    readonly assigned: BatchProof;
    readonly acknowledgement: Checkpoint;
    readonly acknowledged: BatchProof;
    readonly baseline?: ProvenNote;
  },
): Promise<OpenedClaim> {
  await allowDeposit(chain);
  const { assignment, assigned, acknowledgement, acknowledged, baseline } = claim;
  const data = encodeFunctionData({
    abi: bondClaimsAbi,
    functionName: "openCheckpointClaim",
    args: [
      { ...assignment, epoch: BigInt(assignment.epoch), expires: BigInt(assignment.expires) },
      toProof(assigned),
      acknowledgement,
      toProof(acknowledged),
      toSignedNote(baseline),
      NO_PERMIT,
    ],
  });
  return open(chain, "openCheckpointClaim", data);
}

/** Answers a claim on a segment: shows it under a note, on which the claim stands from then on. Anyone, before the deadline. */
export async function answerClaim(
  chain: ChainWriter,
  answer: {
    readonly id: Bytes32;
    readonly proven: ProvenNote;
    readonly paid: PaidSegment;
    /** From the segment's leaf to the note's `receiptsRoot`. */
    readonly path: readonly Bytes32[];
  },
): Promise<ChainReceipt> {
  const { id, proven, paid, path } = answer;
  const args = [id, toSignedNote(proven), paid, path] as const;
  const data = encodeFunctionData({ abi: bondClaimsAbi, functionName: "answer", args });
  return sendTo(chain, "bondClaims", { call: "answerClaim", data });
}

/** Pays a claim from the bond, as far as it reaches. Anyone, from its deadline on. */
export async function finaliseClaim(
  chain: ChainWriter,
  id: Bytes32,
): Promise<ChainReceipt & { readonly paidWei: bigint }> {
  const data = encodeFunctionData({ abi: bondClaimsAbi, functionName: "finalise", args: [id] });
  const sent = await chain.send({ call: "finaliseClaim", to: chain.profile.addresses.bondClaims, data });
  const paid = parseEventLogs({ abi: bondClaimsAbi, eventName: "Claimed", logs: [...sent.logs] });
  return { ...toReceipt(sent), paidWei: paid.reduce((sum, { args }) => sum + args.paidWei, 0n) };
}

/** A claim and the segment that it was opened on; a note's has none: a task of zeros. */
export type ListedClaim = ClaimRecord & {
  readonly taskId: Bytes32;
  readonly replica: number;
  readonly segment: number;
};

/** Claims of a payee, or on an operator's bond, in the order of their opening; since the network began, or from a block on. */
export async function listClaims(
  chain: ChainReader,
  of: { readonly payee?: Address; readonly operator?: Address; readonly fromBlock?: bigint },
): Promise<readonly ListedClaim[]> {
  const { fromBlock = chain.profile.deployBlock, ...parties } = of;
  const opened: Pick<ListedClaim, "id" | "taskId" | "replica" | "segment">[] = [];
  const toBlock = (await readHead(chain)).blockNumber;
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.bondClaims,
      abi: bondClaimsAbi,
      eventName: "ClaimOpened",
      args: parties,
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listClaims", query)) opened.push(args);
  }
  const claims = await Promise.all(
    opened.map(async ({ id, taskId, replica, segment }) => {
      const claim = await readClaim(chain, id);
      return claim && { ...claim, taskId, replica, segment };
    }),
  );
  return claims.filter((claim) => claim !== undefined);
}

/** Undefined for an id under which nothing was claimed. */
export async function readClaim(chain: ChainReader, id: Bytes32): Promise<ClaimRecord | undefined> {
  const claims = { address: chain.profile.addresses.bondClaims, abi: bondClaimsAbi } as const;
  const read = chain.client.readContract({ ...claims, functionName: "claimOf", args: [id] });
  const claim = await chainCall("readClaim", read);
  const kind = CLAIM_KINDS[claim.kind] ?? "none";
  if (kind === "none") return undefined;
  return {
    id,
    kind,
    isAnswered: claim.answered,
    operator: parseAddress(claim.operator),
    payee: parseAddress(claim.payee),
    finaliseAt: Number(claim.finaliseAt),
    dueWei: claim.dueWei,
    paidWei: claim.paidWei,
    depositWei: claim.depositWei,
    isClosed: claim.closed,
  };
}

/** What a claim on a segment puts down, in wei. */
export async function readClaimDeposit(chain: ChainReader): Promise<bigint> {
  const claims = { address: chain.profile.addresses.bondClaims, abi: bondClaimsAbi } as const;
  return chainCall("readClaimDeposit", chain.client.readContract({ ...claims, functionName: "DEPOSIT_WEI" }));
}

const NO_PERMIT = { deadline: 0n, v: 0, r: ZERO_BYTES32, s: ZERO_BYTES32 } as const;
const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;
const NO_NOTE = {
  note: {
    operator: ZERO_ADDRESS,
    payee: ZERO_ADDRESS,
    cumulativeWei: 0n,
    receiptsRoot: ZERO_BYTES32,
    count: 0,
    epoch: 0n,
  },
  proof: { batch: { root: ZERO_BYTES32, count: 0, sequence: 0n }, signature: "0x", path: [] },
} as const;

async function open(chain: ChainWriter, call: ChainCall["call"], data: Hex): Promise<OpenedClaim> {
  const sent = await chain.send({ call, to: chain.profile.addresses.bondClaims, data });
  const logs = parseEventLogs({ abi: bondClaimsAbi, eventName: "ClaimOpened", logs: [...sent.logs] });
  const { id, finaliseAt } = requireEvent("ClaimOpened", sent, logs).args;
  return { ...toReceipt(sent), id, finaliseAt: Number(finaliseAt) };
}

async function allowDeposit(chain: ChainWriter): Promise<void> {
  await ensureAllowance(chain, { spender: chain.profile.addresses.bondClaims, wei: await readClaimDeposit(chain) });
}

function toSignedNote(proven: ProvenNote | undefined) {
  if (proven === undefined) return NO_NOTE;
  return { note: { ...proven.note, epoch: BigInt(proven.note.epoch) }, proof: toProof(proven.proof) };
}

function toProof({ batch, signature, path }: BatchProof) {
  return { batch: { ...batch, sequence: BigInt(batch.sequence) }, signature, path };
}
