import type { Address } from "@cortensor/protocol";
import { z } from "zod";
import { ChainError } from "../chainError.js";

const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((text): Address => `0x${text.slice(2)}`);

/** Where a network's members leave it when its operator is gone: what stands for it on its parent. Public, as its profile. */
const schema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  parentChainId: z.int().positive(),
  /** Posts the chain's outputs, and fixes the last. */
  lastState: address,
  /** Holds the COR that is in use below. */
  vault: address,
  /** The ends of the link between both, above and below. */
  messenger: address,
  childMessenger: address,
  /** The OP Stack's own, which pays coins out. */
  portal: address,
  oracle: address,
  /** The parent's block in which all of it stood. */
  fromBlock: z
    .string()
    .regex(/^\d{1,20}$/)
    .transform(BigInt),
});

export type ExitPlace = Readonly<z.output<typeof schema>>;

/** Reads `exit.json`. Throws CHAIN_BAD_EXIT with what is wrong of it. */
export function parseExitPlace(text: string): ExitPlace {
  const parsed = schema.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  throw new ChainError({ code: "CHAIN_BAD_EXIT", reason: z.prettifyError(parsed.error) });
}

export function formatExitPlace(place: ExitPlace): string {
  return `${JSON.stringify({ ...place, fromBlock: place.fromBlock.toString() }, undefined, 2)}\n`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
