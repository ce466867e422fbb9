import { type Address, type Bytes32, type Hex, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import {
  type ContractFunctionReturnType,
  decodeAbiParameters,
  encodeAbiParameters,
  keccak256,
  parseAbiParameters,
} from "viem";
import { ChainError } from "../chainError.js";
import type { registryAbi } from "../generated/Registry.js";

/** What a registry says of a node, as far as a report of it would. */
export type NodeStanding = {
  /** Of all of it but whether it is verified. */
  readonly hash: Bytes32;
  readonly isVerified: boolean;
  /** When that ends by itself; 0 for a node that never was. */
  readonly verifiedUntil: UnixSeconds;
};

/** What a message of a reporter says. */
export type NodeReport = { readonly signer: Address; readonly sequence: number; readonly standing: NodeStanding };

const DETAILS =
  "struct Details { uint8 roles; bytes32 sealingKey; bytes32 kernelClass; string peerId; string endpoint; string metadata; }";
const NODE = "struct Node { address owner; uint40 registeredAt; uint40 leftAt; uint32 id; Details details; }";
const VERIFICATION = "struct Verification { address verifier; uint64 expires; uint64 nonce; }";
const STANDING = parseAbiParameters([
  "Node node, Verification verification, bool wasRouter",
  DETAILS,
  NODE,
  VERIFICATION,
]);
const REPORT = parseAbiParameters([
  "Report report",
  "struct Report { address signer; uint64 sequence; Node node; Verification verification; bool wasRouter; bool isVerified; }",
  DETAILS,
  NODE,
  VERIFICATION,
]);

/** What a registry, or its mirror, answers of a node. */
type Answers = {
  readonly node: ContractFunctionReturnType<typeof registryAbi, "view", "nodeOf">;
  readonly verification: ContractFunctionReturnType<typeof registryAbi, "view", "verificationOf">;
  readonly wasRouter: boolean;
  readonly isVerified: boolean;
};

export function toStanding({ node, verification, wasRouter, isVerified }: Answers): NodeStanding {
  const hash = keccak256(encodeAbiParameters(STANDING, [node, verification, wasRouter]));
  return { hash, isVerified, verifiedUntil: Number(verification.expires) };
}

/** Reads the body of a reporter's message. Throws CHAIN_BAD_LINK for what none of ours says. */
export function openNodeReport(body: Hex): NodeReport {
  try {
    const [{ signer, sequence, ...said }] = decodeAbiParameters(REPORT, body);
    return { signer: parseAddress(signer), sequence: Number(sequence), standing: toStanding(said) };
  } catch (cause) {
    throw new ChainError({ code: "CHAIN_BAD_LINK", reason: "a report of a node that can't be read" }, { cause });
  }
}

/** Whether a report says what stands: a verification whose time is over ends on each layer by itself. */
export function isSameStanding(stands: NodeStanding, said: NodeStanding, now: UnixSeconds): boolean {
  return stands.hash === said.hash && (stands.isVerified === said.isVerified || now >= stands.verifiedUntil);
}
