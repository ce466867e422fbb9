import {
  type Address,
  assert,
  type Bytes32,
  type Hex,
  parseAddress,
  registryDomain,
  signDigest,
  type UnixSeconds,
} from "@cortensor/protocol";
import { encodeFunctionData, hashTypedData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { registryAbi } from "./generated/Registry.js";
import type { NetworkProfile } from "./profile.js";
import type { RegistryReader } from "./readNode.js";
import { sendTo } from "./sendTo.js";

const verificationTypes = {
  Verification: [
    { name: "signer", type: "address" },
    { name: "verifier", type: "address" },
    { name: "sealingKey", type: "bytes32" },
    { name: "kernelClass", type: "bytes32" },
    { name: "challenge", type: "bytes32" },
    { name: "answer", type: "bytes32" },
    { name: "nonce", type: "uint64" },
    { name: "deadline", type: "uint64" },
    { name: "expires", type: "uint64" },
  ],
} as const;

/** What node and verifier both sign once the node has answered the verifier's challenge, and opened what was sealed to it. */
export type Verification = {
  /** The node. */
  readonly signer: Address;
  readonly verifier: Address;
  /** As registered. */
  readonly sealingKey: Bytes32;
  /** As registered. */
  readonly kernelClass: Bytes32;
  /** keccak256 of what was asked. */
  readonly challenge: Bytes32;
  /** keccak256 of what was answered. */
  readonly answer: Bytes32;
  /** As `readVerification` shows it. */
  readonly nonce: number;
  /** Last second at which it may be posted. */
  readonly deadline: UnixSeconds;
  /** First second at which it no longer holds; at most 30 days on. */
  readonly expires: UnixSeconds;
};

/** Where verifications are signed for: home. */
export type VerificationDomain = {
  readonly chainId: number;
  readonly addresses: Pick<NetworkProfile["addresses"], "registry">;
};

/** The digest that both sign. */
export function verificationDigest({ chainId, addresses }: VerificationDomain, verification: Verification): Bytes32 {
  const { nonce, deadline, expires } = verification;
  return hashTypedData({
    domain: registryDomain({ chainId, registry: addresses.registry }),
    types: verificationTypes,
    primaryType: "Verification",
    message: { ...verification, nonce: BigInt(nonce), deadline: BigInt(deadline), expires: BigInt(expires) },
  });
}

/** One of the two signatures: the node's or the verifier's, by whose key it is. */
export function signVerification(
  profile: VerificationDomain,
  { verification, key }: { readonly verification: Verification; readonly key: Hex },
): Hex {
  return signDigest(verificationDigest(profile, verification), key);
}

/** Posts a verification with both signatures, at home. Anyone may. */
export async function verifyNode(
  chain: ChainWriter,
  request: { readonly verification: Verification; readonly nodeSignature: Hex; readonly verifierSignature: Hex },
): Promise<ChainReceipt> {
  const { signer, nonce, deadline, expires, ...stated } = request.verification;
  const args = [
    signer,
    { ...stated, nonce: BigInt(nonce), deadline: BigInt(deadline), expires: BigInt(expires) },
    request.nodeSignature,
    request.verifierSignature,
  ] as const;
  const data = encodeFunctionData({ abi: registryAbi, functionName: "verify", args });
  return sendTo(chain.home, "registry", { call: "verifyNode", data });
}

export type VerificationRecord = {
  /** Whether it holds now. */
  readonly isVerified: boolean;
  /** Who vouched last. Undefined when nobody ever did. */
  readonly verifier: Address | undefined;
  /** 0 when it was never verified, or its keys or class changed since. */
  readonly expires: UnixSeconds;
  /** What the next verification must name. */
  readonly nonce: number;
};

/** What is known of a node's verification. */
export async function readVerification(chain: RegistryReader, signer: Address): Promise<VerificationRecord> {
  const [record] = await readVerifications(chain, [signer]);
  assert(record !== undefined, "each node that is asked about has a record");
  return record;
}

/** Nodes asked about in one call. Its answer passes as a contract's code does, in 24 KiB: a hundred of them would fill it. */
const NODES_PER_CALL = 64;

/** What is known of many nodes' verifications, in their order, each call of the chain for many of them. */
export async function readVerifications(
  chain: RegistryReader,
  signers: readonly Address[],
): Promise<readonly VerificationRecord[]> {
  const records: VerificationRecord[] = [];
  for (let at = 0; at < signers.length; at += NODES_PER_CALL) {
    records.push(...(await readSome(chain, signers.slice(at, at + NODES_PER_CALL))));
  }
  return records;
}

async function readSome(chain: RegistryReader, signers: readonly Address[]): Promise<readonly VerificationRecord[]> {
  const registry = { address: chain.profile.addresses.registry, abi: registryAbi } as const;
  const calls = { batchSize: 0, allowFailure: false, deployless: true } as const;
  const ask = <Name extends "isVerified" | "verificationOf">(functionName: Name) =>
    signers.map((signer) => ({ ...registry, functionName, args: [signer] as const }));
  const [holding, known] = await chainCall(
    "readVerifications",
    Promise.all([
      chain.client.multicall({ ...calls, contracts: ask("isVerified") }),
      chain.client.multicall({ ...calls, contracts: ask("verificationOf") }),
    ]),
  );
  return known.map(({ verifier, expires, nonce }, index) => ({
    isVerified: holding[index] ?? false,
    verifier: /^0x0{40}$/.test(verifier) ? undefined : parseAddress(verifier),
    expires: Number(expires),
    nonce: Number(nonce),
  }));
}
