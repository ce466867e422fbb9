import { type Address, type Bytes32, parseAddress, parseBytes32 } from "@cortensor/protocol";
import { InvalidArgumentError } from "commander";

/** Parsers for arguments: each throws what commander shows beside the argument's name. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number, ${least} to ${most}.`);
  };
}

export const parsePort = wholeNumber(1, 65_535);
export const parseAccount = wholeNumber(0, 4_294_967_295);

export function parseAddressArgument(text: string): Address {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return parseAddress(text);
  throw new InvalidArgumentError("Expected an address: 0x and 40 hex digits.");
}

export function parseHash(text: string): Bytes32 {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return parseBytes32(text);
  throw new InvalidArgumentError("Expected a hash: 0x and 64 hex digits.");
}

export function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number, ${least} to ${most}.`);
  };
}
