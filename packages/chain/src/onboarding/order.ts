import { type Address, type Bytes32, type Hex, type OnboardingOrder, parseAddress } from "@cortensor/protocol";
import { hashTypedData, recoverAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** What a wallet is shown: `Orders` on chain has the same. */
const TYPES = {
  SignedTransfer: [
    { name: "from", type: "address" },
    { name: "taker", type: "address" },
    { name: "amountWei", type: "uint256" },
    { name: "nonce", type: "bytes32" },
    { name: "deadline", type: "uint64" },
    { name: "purpose", type: "Onboarding" },
  ],
  Onboarding: [
    { name: "toChainId", type: "uint64" },
    { name: "onboarding", type: "address" },
    { name: "sponsor", type: "address" },
    { name: "feeMaxWei", type: "uint256" },
    { name: "router", type: "address" },
    { name: "key", type: "address" },
    { name: "capPerEpochWei", type: "uint96" },
    { name: "totalCapWei", type: "uint96" },
    { name: "expires", type: "uint64" },
    { name: "session", type: "SessionParams" },
  ],
  SessionParams: [
    { name: "name", type: "string" },
    { name: "metadata", type: "string" },
    { name: "minNumOfNodes", type: "uint16" },
    { name: "maxNumOfNodes", type: "uint16" },
    { name: "redundant", type: "uint8" },
    { name: "numOfValidatorNodes", type: "uint8" },
    { name: "mode", type: "uint8" },
    { name: "reserveEphemeralNodes", type: "bool" },
    { name: "sla", type: "uint8" },
    { name: "modelIdentifier", type: "bytes32" },
    { name: "reservePeriod", type: "uint32" },
    { name: "maxTaskExecutionCount", type: "uint32" },
    { name: "privacy", type: "uint8" },
    { name: "engine", type: "uint8" },
    { name: "auditMode", type: "uint8" },
  ],
} as const;

function typedOrder({ source, transfer, terms }: OnboardingOrder) {
  const { chainId, cor } = source;
  return {
    domain: { name: "Cortensor", version: "1", chainId, verifyingContract: cor },
    types: TYPES,
    primaryType: "SignedTransfer",
    message: {
      ...transfer,
      deadline: BigInt(transfer.deadline),
      purpose: { ...terms, toChainId: BigInt(terms.toChainId), expires: BigInt(terms.expires) },
    },
  } as const;
}

/** What is signed, and an order's name on every chain. */
export function orderDigest(order: OnboardingOrder): Bytes32 {
  return hashTypedData(typedOrder(order));
}

/** The one signature of an order, by the wallet that gives its coins. */
export function signOrder(order: OnboardingOrder, privateKey: Hex): Promise<Hex> {
  return privateKeyToAccount(privateKey).signTypedData(typedOrder(order));
}

/** Whoever signed an order; undefined for what is no signature. */
export async function orderSigner(order: OnboardingOrder, signature: Hex): Promise<Address | undefined> {
  const recovered = await recoverAddress({ hash: orderDigest(order), signature }).catch(() => undefined);
  return recovered === undefined ? undefined : parseAddress(recovered);
}

/** An order as the contracts take it. */
export function encodeOrder({ source, transfer, terms }: OnboardingOrder) {
  return {
    source: { ...source, chainId: BigInt(source.chainId) },
    transfer: { ...transfer, deadline: BigInt(transfer.deadline) },
    terms: { ...terms, toChainId: BigInt(terms.toChainId), expires: BigInt(terms.expires) },
  };
}
