import type { Address, Debit, Hex, SignedDebit } from "@cortensor/protocol";
import { concatHex, hexToNumber, numberToHex, size, sliceHex } from "viem";
import { ChainError } from "./chainError.js";

/** account 4 ‖ cumulativeWei 12 ‖ receiptsRoot 32 ‖ count 4 ‖ epoch 8 ‖ signature 65, big-endian. */
const DEBIT_BYTES = 125;
const SIGNATURE_BYTES = 65;

/** Debits of one lane as `settle` takes them. Throws CHAIN_BAD_SETTLEMENT for one that doesn't fit, or of another lane. */
export function packDebits(debits: readonly SignedDebit[], lane: Address): Hex {
  return concatHex(debits.map((signed) => packDebit(signed, lane)));
}

/** Back to debits of `lane`. Throws CHAIN_BAD_SETTLEMENT for bytes that are no whole number of debits. */
export function unpackDebits(packed: Hex, lane: Address): readonly SignedDebit[] {
  if (size(packed) % DEBIT_BYTES !== 0) throw refuse(`${size(packed)} bytes are no whole debits`);
  return Array.from({ length: size(packed) / DEBIT_BYTES }, (_, index) => {
    const at = (from: number, to: number): Hex =>
      sliceHex(packed, index * DEBIT_BYTES + from, index * DEBIT_BYTES + to);
    const debit: Debit = {
      account: hexToNumber(at(0, 4)),
      lane,
      cumulativeWei: BigInt(at(4, 16)),
      receiptsRoot: at(16, 48),
      count: hexToNumber(at(48, 52)),
      epoch: hexToNumber(at(52, 60)),
    };
    return { debit, signature: at(60, DEBIT_BYTES) };
  });
}

function packDebit({ debit, signature }: SignedDebit, lane: Address): Hex {
  if (debit.lane.toLowerCase() !== lane.toLowerCase()) throw refuse(`a debit is of lane ${debit.lane}, not ${lane}`);
  if (size(signature) !== SIGNATURE_BYTES) throw refuse(`a signature has ${size(signature)} bytes`);
  if (size(debit.receiptsRoot) !== 32) throw refuse(`a receiptsRoot has ${size(debit.receiptsRoot)} bytes`);
  try {
    return concatHex([
      numberToHex(debit.account, { size: 4 }),
      numberToHex(debit.cumulativeWei, { size: 12 }),
      debit.receiptsRoot,
      numberToHex(debit.count, { size: 4 }),
      numberToHex(debit.epoch, { size: 8 }),
      signature,
    ]);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: "a debit's field is out of range" }, { cause: error });
  }
}

function refuse(reason: string): ChainError {
  return new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason });
}
