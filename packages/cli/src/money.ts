import { formatUnits, parseUnits } from "viem";
import { CliError } from "./cliError.js";

/** Decimals of COR and of native coins. */
const DECIMALS = 18;

/** Wei from an amount of COR as people write it: `12.5`. */
export function parseCor(text: string): bigint {
  if (!/^\d{1,12}(\.\d{1,18})?$/.test(text)) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: text, expected: "an amount of COR, as 12.5" });
  }
  return parseUnits(text, DECIMALS);
}

/** COR as people read it. */
export function formatCor(wei: bigint): string {
  return `${formatUnits(wei, DECIMALS)} COR`;
}
