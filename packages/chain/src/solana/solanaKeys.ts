import { type Bytes32, bytesToHex, type Hex, hexToBytes } from "@cortensor/protocol";
import {
  type Address,
  getAddressDecoder,
  getAddressEncoder,
  getBase58Decoder,
  getBase58Encoder,
  isAddress,
  type Signature,
  signature,
} from "@solana/kit";
import { SolanaError } from "./solanaError.js";

/** A key of Solana's as 32 bytes of hex: how the protocol's words have it. */
export function solanaKeyToHex(key: Address): Bytes32 {
  return bytesToHex(new Uint8Array(getAddressEncoder().encode(key)));
}

export function hexToSolanaKey(hex: Bytes32): Address {
  return getAddressDecoder().decode(hexToBytes(hex));
}

/** Reads a key as people write it, in base58. Throws SOLANA_BAD_ADDRESS. */
export function parseSolanaKey(text: string): Bytes32 {
  if (!isAddress(text)) throw new SolanaError({ code: "SOLANA_BAD_ADDRESS", address: text.slice(0, 64) });
  return solanaKeyToHex(text);
}

export function solanaSignatureToHex(of: Signature): Hex {
  return bytesToHex(new Uint8Array(getBase58Encoder().encode(of)));
}

export function hexToSolanaSignature(hex: Hex): Signature {
  return signature(getBase58Decoder().decode(hexToBytes(hex)));
}
