import { SPL_AMOUNT_MAX } from "@cortensor/protocol";
import { formatUnits, parseUnits } from "viem";
import { CliError } from "../cliError.js";

/** An SPL amount from what people write, as `12.5`: no finer than the mint counts, and at most 64 bits. Throws CLI_BAD_ARGUMENT. */
export function parseTokenAmount(text: string, decimals: number): bigint {
  const [, fraction = ""] = /^\d{1,20}(?:\.(\d+))?$/.exec(text) ?? [];
  const isAmount = /^\d{1,20}(\.\d+)?$/.test(text) && fraction.length <= decimals;
  const amount = isAmount ? parseUnits(text, decimals) : 0n;
  if (amount > 0n && amount <= SPL_AMOUNT_MAX) return amount;
  const expected = `an amount above 0, with at most ${decimals} decimals`;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: text, expected });
}

export function formatTokenAmount(amount: bigint, decimals: number): string {
  return formatUnits(amount, decimals);
}
