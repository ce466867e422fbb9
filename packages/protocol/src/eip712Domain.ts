import { keccak256, utf8ToBytes, writeHex } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import type { Address, Bytes32 } from "./primitives.js";

/** An EIP-712 domain, in the shape that viem takes. */
export type Eip712Domain = {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
};

const DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const NAME = "Cortensor";
const VERSION = "1";

/** The domain of what nodes sign. */
export function registryDomain(parts: { readonly chainId: number; readonly registry: Address }): Eip712Domain {
  return { name: NAME, version: VERSION, chainId: parts.chainId, verifyingContract: parts.registry };
}

/** The domain of what a session's owner signs: debits, access, spending keys. */
export function paymentDomain(parts: { readonly chainId: number; readonly payment: Address }): Eip712Domain {
  return { name: NAME, version: VERSION, chainId: parts.chainId, verifyingContract: parts.payment };
}

/** The domain of what guards sign, on the chain whose contract takes it. */
export function guardsDomain(parts: { readonly chainId: number; readonly guards: Address }): Eip712Domain {
  return { name: NAME, version: VERSION, chainId: parts.chainId, verifyingContract: parts.guards };
}

/** What is signed: `keccak256(0x1901 ‖ domainSeparator ‖ structHash)`. */
export function typedDataDigest(domain: Eip712Domain, structHash: Bytes32): Bytes32 {
  const message = new Uint8Array(66);
  message[0] = 0x19;
  message[1] = 0x01;
  message.set(separatorBytes(domain), 2);
  writeHex(message, 34, structHash, 32);
  return keccak256(message);
}

export function domainSeparator(domain: Eip712Domain): Bytes32 {
  return keccak256(encodeDomain(domain));
}

/** Separators by domain object: a role makes its domains once. Weak, so that it holds nothing alive. */
const separators = new WeakMap<Eip712Domain, Uint8Array>();

function separatorBytes(domain: Eip712Domain): Uint8Array {
  const known = separators.get(domain);
  if (known !== undefined) return known;
  const separator = keccak256Bytes(encodeDomain(domain));
  separators.set(domain, separator);
  return separator;
}

function encodeDomain(domain: Eip712Domain): Uint8Array {
  const { chainId } = domain;
  if (!Number.isSafeInteger(chainId) || chainId < 0) {
    throw new ProtocolError({
      code: "PROTOCOL_OUT_OF_RANGE",
      field: "chainId",
      value: String(chainId),
      range: "0…2^53−1",
    });
  }
  const words = new Uint8Array(5 * 32);
  words.set(keccak256Bytes(utf8ToBytes(DOMAIN_TYPE)), 0);
  words.set(keccak256Bytes(utf8ToBytes(domain.name)), 32);
  words.set(keccak256Bytes(utf8ToBytes(domain.version)), 64);
  new DataView(words.buffer).setBigUint64(3 * 32 + 24, BigInt(chainId));
  writeHex(words, 4 * 32 + 12, domain.verifyingContract, 20);
  return words;
}
