import { concatBytes, hexToBytes, keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import type { Address, Bytes32, UnixSeconds } from "./primitives.js";

/** A settlement as SessionPayment logged it: everything that an audit needs beside its set. */
export type SettledEvent = {
  readonly kind: "settled";
  readonly lane: Address;
  /** As logged. */
  readonly settlementId: Bytes32;
  /** As the logged content hashes. */
  readonly contentId: Bytes32;
  readonly settlementRoot: Bytes32;
  readonly setCid: Bytes32;
  readonly head: Bytes32;
  readonly debitedWei: bigint;
  readonly operatorWei: bigint;
  readonly debits: readonly { readonly account: number; readonly cumulativeWei: bigint; readonly count: number }[];
  /** How far each payee's counter goes. */
  readonly credits: readonly { readonly payee: Address; readonly cumulativeWei: bigint }[];
};

/** What SessionPayment logs of money, in wei of COR. Names and fields are the contract's. */
export type PaymentLog =
  | SettledEvent
  | { readonly kind: "deposited"; readonly account: number; readonly amountWei: bigint; readonly depositWei: bigint }
  | { readonly kind: "refunded"; readonly account: number; readonly amountWei: bigint }
  | {
      readonly kind: "allotmentChanged";
      readonly account: number;
      readonly lane: Address;
      readonly allotmentWei: bigint;
    }
  | { readonly kind: "closeRequested"; readonly account: number; readonly closeAt: UnixSeconds }
  | { readonly kind: "closed"; readonly account: number; readonly refundWei: bigint }
  | {
      readonly kind: "creditRaised";
      readonly lane: Address;
      readonly payee: Address;
      readonly raisedWei: bigint;
      readonly creditedWei: bigint;
    }
  | {
      readonly kind: "creditWithdrawn";
      readonly lane: Address;
      readonly payee: Address;
      readonly amountWei: bigint;
    }
  | { readonly kind: "earningsWithdrawn"; readonly lane: Address; readonly amountWei: bigint }
  | { readonly kind: "maturingFrozen"; readonly lane: Address; readonly frozenWei: bigint }
  | {
      readonly kind: "sessionCredited";
      readonly account: number;
      readonly lane: Address;
      /** What it is for, as logged: 32 bytes. */
      readonly reason: Bytes32;
      readonly epoch: number;
      readonly amountWei: bigint;
      readonly depositWei: bigint;
    };

/** A log and its block's time. */
export type PaymentEvent = PaymentLog & { readonly blockNumber: bigint; readonly atSeconds: UnixSeconds };

/** A lane's head after a settlement: `keccak256(abi.encode(previous head, settlementId, block.timestamp))`. */
export function nextHead(parts: {
  readonly head: Bytes32;
  readonly settlementId: Bytes32;
  readonly atSeconds: UnixSeconds;
}): Bytes32 {
  const { head, settlementId, atSeconds } = parts;
  const time = new ByteWriter().uint("atSeconds", BigInt(atSeconds), 32).toBytes();
  return keccak256(concatBytes(hexToBytes(head), hexToBytes(settlementId), time));
}
