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

export function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number, ${least} to ${most}.`);
  };
}
