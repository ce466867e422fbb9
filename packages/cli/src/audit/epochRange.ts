import type { Difference } from "@cortensor/books";
import { InvalidArgumentError } from "commander";
import { wholeNumber } from "../parseArgument.js";
import type { Missing } from "./missing.js";

/** Epochs from one to another, both counted. */
export type EpochRange = { readonly from: number; readonly to: number };

const EPOCH_MAX = 2 ** 32;
const parseEpoch = wholeNumber(0, EPOCH_MAX);

/** One epoch, `40`, or several, `0..49`. */
export function parseEpochs(text: string): EpochRange {
  const parts = text.split("..");
  const [from = 0, to = from] = parts.map(parseEpoch);
  if (parts.length > 2 || to < from) throw new InvalidArgumentError("Expected an epoch, or two: 40, or 0..49.");
  return { from, to };
}

type Audited = { readonly differences: readonly Difference[]; readonly missing: readonly Missing[] };

/** Audits one epoch after the other. What differs and what is missing is told once, however many epochs it is in the way of. */
export async function auditEach<Of extends Audited>(
  { from, to }: EpochRange,
  { audit, onDone }: { readonly audit: (epoch: number) => Promise<Of>; readonly onDone: (epoch: number) => void },
): Promise<Audited & { readonly each: readonly { readonly epoch: number; readonly audited: Of }[] }> {
  const each: { epoch: number; audited: Of }[] = [];
  for (let epoch = from; epoch <= to; epoch += 1) {
    each.push({ epoch, audited: await audit(epoch) });
    onDone(epoch);
  }
  const differences = once(each.flatMap(({ audited }) => audited.differences));
  return { each, differences, missing: once(each.flatMap(({ audited }) => audited.missing)) };
}

function once<Each>(all: readonly Each[]): readonly Each[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
