import { SolanaError } from "../solanaError.js";

/** The program's numbers are above those of the token program, whose refusals come through. */
const BASE = 4_097;

/** Why the program refuses, by its number less BASE: `Custom(n)` in an RPC's answer. */
export const HUB_REFUSALS = [
  ...["instruction", "accounts", "signer", "readonly", "address", "notEmpty", "owner", "kind", "otherHub", "mint"],
  ...["tokenOwner", "token", "program", "rent", "outOfRange", "clockBack", "ended", "notDue", "deadlineDue"],
  ...["phaseOther", "notYours", "set", "bitmap", "signature", "quorum", "epoch", "unknownRoot", "path", "setHash"],
  ...["tooEarly", "escrow"],
] as const;
export type HubRefusal = (typeof HUB_REFUSALS)[number];

/** Undefined for a number that isn't the program's. */
export function hubRefusalOf(custom: number): HubRefusal | undefined {
  return HUB_REFUSALS[custom - BASE];
}

const CUSTOM = /custom program error: #(\d+)/i;

/** Why the program refused a transaction, from what `sendSolana` threw; undefined for any other error. */
export function hubRefusalIn(error: unknown): HubRefusal | undefined {
  if (!(error instanceof SolanaError) || error.data.code !== "SOLANA_REFUSED") return undefined;
  const [, number] = CUSTOM.exec(error.data.reason) ?? [];
  return number === undefined ? undefined : hubRefusalOf(Number(number));
}
