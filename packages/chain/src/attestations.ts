import {
  type Attestation,
  type Bytes32,
  bytesToHex,
  hexToBytes,
  kindNumber,
  kindOfNumber,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { decodeFunctionData, encodeFunctionData, isAddressEqual } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { attestationsAbi } from "./generated/Attestations.js";
import type { NetworkProfile } from "./profile.js";
import { sendTo } from "./sendTo.js";

/** A root that a quorum signed, and where it was posted. */
export type PostedAttestation = Attestation & { readonly blockNumber: bigint; readonly txHash: Bytes32 };

/** What of a network's profile reading attestations takes. */
type AttestedChain = Pick<ChainReader, "client"> & {
  readonly profile: { readonly addresses: Pick<NetworkProfile["addresses"], "attestations"> };
};

/** Posts a root with its packed quorum (`encodeQuorum`): from its epoch's end until the next one's cut-off, the first of its kind. By anyone. */
export async function postAttestation(
  chain: ChainWriter,
  { attestation, quorum }: { readonly attestation: Attestation; readonly quorum: Uint8Array },
): Promise<ChainReceipt> {
  const { subjectChainId, kind, epoch, root } = attestation;
  const posted = { subjectChainId: BigInt(subjectChainId), kind: kindNumber(kind), epoch: BigInt(epoch), root };
  const args = [posted, bytesToHex(quorum)] as const;
  const data = encodeFunctionData({ abi: attestationsAbi, functionName: "post", args });
  return sendTo(chain, "attestations", { call: "postAttestation", data });
}

/** The root of one kind, subject chain and epoch. Undefined while there is none. */
export async function readAttestedRoot(
  chain: ChainReader,
  { subjectChainId, kind, epoch }: Omit<Attestation, "root">,
): Promise<Bytes32 | undefined> {
  const contract = { address: chain.profile.addresses.attestations, abi: attestationsAbi } as const;
  const args = [BigInt(subjectChainId), kindNumber(kind), BigInt(epoch)] as const;
  const read = chain.client.readContract({ ...contract, functionName: "rootOf", args });
  const root = await chainCall("readAttestedRoot", read);
  return root === ZERO_BYTES32 ? undefined : root;
}

/** Roots that were posted in a range of blocks (inclusive), in the order of their posting; of one subject chain, kind or epoch, or of any. */
export async function readAttestations(
  chain: AttestedChain,
  query: { readonly fromBlock: bigint; readonly toBlock: bigint } & Partial<Omit<Attestation, "root">>,
): Promise<readonly PostedAttestation[]> {
  const { fromBlock, toBlock, subjectChainId, kind, epoch } = query;
  const args = {
    ...(subjectChainId === undefined ? {} : { subjectChainId: BigInt(subjectChainId) }),
    ...(kind === undefined ? {} : { kind: kindNumber(kind) }),
    ...(epoch === undefined ? {} : { epoch: BigInt(epoch) }),
  };
  const posted: PostedAttestation[] = [];
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const found = chain.client.getContractEvents({
      address: chain.profile.addresses.attestations,
      abi: attestationsAbi,
      eventName: "AttestationPosted",
      args,
      strict: true,
      ...piece,
    });
    for (const { args: event, blockNumber, transactionHash } of await chainCall("readAttestations", found)) {
      const eventKind = kindOfNumber(event.kind);
      if (eventKind === undefined) continue;
      posted.push({
        subjectChainId: Number(event.subjectChainId),
        kind: eventKind,
        epoch: Number(event.epoch),
        root: event.root,
        blockNumber,
        txHash: transactionHash,
      });
    }
  }
  return posted;
}

/** The packed quorum (`decodeQuorum`) that a root was posted with, by its transaction. Undefined when another contract posted it. */
export async function readPostedQuorum(chain: ChainReader, txHash: Bytes32): Promise<Uint8Array | undefined> {
  const { to, input } = await chainCall("readPostedQuorum", chain.client.getTransaction({ hash: txHash }));
  if (to === null || !isAddressEqual(to, chain.profile.addresses.attestations)) return undefined;
  const { functionName, args } = decodeFunctionData({ abi: attestationsAbi, data: input });
  return functionName === "post" ? hexToBytes(args[1]) : undefined;
}
