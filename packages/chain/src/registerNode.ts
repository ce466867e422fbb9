import { type Address, type Bytes32, type Hex, parseAddress, registryDomain, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { registryAbi } from "./generated/Registry.js";
import { encodeRoles, type NodeRole } from "./nodeRecord.js";
import { readHead } from "./readHead.js";
import { requireEvent } from "./requireEvent.js";
import { toReceipt } from "./toReceipt.js";

/** How long the signing key's consent holds, in seconds of chain time: long enough for a slow block. */
const CONSENT_SECONDS = 3_600;

const registrationTypes = {
  Registration: [
    { name: "owner", type: "address" },
    { name: "signer", type: "address" },
    { name: "roles", type: "uint8" },
    { name: "sealingKey", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

/** What is said of a node. */
export type NodeDetails = {
  readonly roles: readonly NodeRole[];
  /** X25519 public key that prompts are sealed to. */
  readonly sealingKey?: Bytes32;
  /** What the node's engine answers as. */
  readonly kernelClass?: Bytes32;
  /** At most 128 bytes. */
  readonly peerId?: string;
  /** At most 256 bytes; a router's public URL. */
  readonly endpoint?: string;
  /** At most 256 bytes: a CID. */
  readonly metadata?: string;
};

/** The details as the registry takes them. */
export function encodeDetails(details: NodeDetails) {
  return {
    roles: encodeRoles(details.roles),
    sealingKey: details.sealingKey ?? ZERO_BYTES32,
    kernelClass: details.kernelClass ?? ZERO_BYTES32,
    peerId: details.peerId ?? "",
    endpoint: details.endpoint ?? "",
    metadata: details.metadata ?? "",
  };
}

/** Registers a node of the writer at home, who becomes its operator. The node's own key signs its consent; it never leaves here. */
export async function registerNode(
  chain: ChainWriter,
  node: NodeDetails & { readonly signerKey: Hex },
): Promise<ChainReceipt & { readonly nodeId: number; readonly signer: Address }> {
  const { home } = chain;
  const { registry } = home.profile.addresses;
  const nodeAccount = privateKeyToAccount(node.signerKey);
  const details = encodeDetails(node);
  const deadline = BigInt((await readHead(home)).timestamp + CONSENT_SECONDS);
  const signature = await nodeAccount.signTypedData({
    domain: registryDomain({ chainId: home.profile.chainId, registry }),
    types: registrationTypes,
    primaryType: "Registration",
    message: {
      owner: chain.account,
      signer: nodeAccount.address,
      roles: details.roles,
      sealingKey: details.sealingKey,
      deadline,
    },
  });
  const args = [nodeAccount.address, details, deadline, signature] as const;
  const data = encodeFunctionData({ abi: registryAbi, functionName: "register", args });
  const sent = await home.send({ call: "registerNode", to: registry, data });
  const logs = parseEventLogs({ abi: registryAbi, eventName: "NodeRegistered", logs: [...sent.logs] });
  const { id } = requireEvent("NodeRegistered", sent, logs).args;
  return { ...toReceipt(sent), nodeId: id, signer: parseAddress(nodeAccount.address) };
}
