import {
  type Address,
  type Bytes32,
  encodeSettlementSet,
  keccak256,
  nextHead,
  type PaymentEvent,
  type PaymentLog,
  type SetEntry,
  type SettledEvent,
  type SettlementSet,
  setEntryId,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";

export const LANE: Address = `0x${"aa".repeat(20)}`;
export const ALICE: Address = `0x${"a1".repeat(20)}`;
export const BOB: Address = `0x${"b0".repeat(20)}`;
export const ACCOUNT = 7;
const DAY_SECONDS = 86_400;

export function word(name: string): Bytes32 {
  return keccak256(utf8ToBytes(name));
}

/** A task of a set: its fee, and what its payees have of it. */
export function aTask(name: string, feeWei: bigint, nets: Readonly<Record<Address, bigint>>): SetEntry {
  const payees = Object.entries(nets).map(([payee, netWei]) => ({ payee: payee as Address, netWei }));
  return { id: setEntryId(word(name)), resultsHash: word(`${name} results`), feeWei, payees };
}

/** Events of one lane as an honest contract and operator make them. Each settlement takes what its set says. */
export class TestLane {
  readonly events: PaymentEvent[] = [];
  readonly sets = new Map<Bytes32, SettlementSet>();
  #block = 0n;
  #seconds = 100 * DAY_SECONDS;
  #depositWei = 0n;
  #spentWei = 0n;
  #count = 0;
  #head: Bytes32 = ZERO_BYTES32;
  readonly #credited = new Map<Address, bigint>();
  readonly #due = new Map<Address, bigint>();

  log(log: PaymentLog): void {
    this.#block += 1n;
    this.events.push({ ...log, blockNumber: this.#block, atSeconds: this.#seconds });
  }

  pass(days: number): void {
    this.#seconds += days * DAY_SECONDS;
  }

  /** The operator gives the session something back. */
  giveBack(amountWei: bigint, epoch: number): void {
    this.#depositWei += amountWei;
    const facts = { account: ACCOUNT, lane: LANE, reason: word("sla"), epoch, amountWei, depositWei: this.#depositWei };
    this.log({ kind: "sessionCredited", ...facts });
    this.log({ kind: "allotmentChanged", account: ACCOUNT, lane: LANE, allotmentWei: this.#depositWei });
  }

  fund(amountWei: bigint): void {
    this.#depositWei += amountWei;
    this.log({ kind: "deposited", account: ACCOUNT, amountWei, depositWei: this.#depositWei });
    this.log({ kind: "allotmentChanged", account: ACCOUNT, lane: LANE, allotmentWei: this.#depositWei });
  }

  /** Somebody pays a payee's credit in. */
  raise(payee: Address, creditedWei: bigint): void {
    const raisedWei = creditedWei - (this.#credited.get(payee) ?? 0n);
    this.#credited.set(payee, creditedWei);
    this.log({ kind: "creditRaised", lane: LANE, payee, raisedWei, creditedWei });
  }

  /** Settles tasks; `lie` changes what is posted. */
  settle(tasks: readonly SetEntry[], lie: (honest: SettledEvent) => SettledEvent = (honest) => honest): SettledEvent {
    const set = encodeSettlementSet(tasks);
    this.sets.set(set.setCid, set);
    const nets = new Map<Address, bigint>();
    for (const { payees } of tasks) {
      for (const { payee, netWei } of payees) nets.set(payee, (nets.get(payee) ?? 0n) + netWei);
    }
    const debitedWei = tasks.reduce((sum, { feeWei }) => sum + feeWei, 0n);
    this.#spentWei += debitedWei;
    this.#count += tasks.length;
    const credits = [...nets].map(([payee, wei]) => ({ payee, cumulativeWei: this.#dueTo(payee) + wei }));
    const { settlementRoot, setCid } = set;
    const settlementId = word(`settlement ${this.#block}`);
    const debits = [{ account: ACCOUNT, cumulativeWei: this.#spentWei, count: this.#count }];
    const what = { lane: LANE, settlementId, contentId: settlementId, settlementRoot, setCid, debits };
    const head = nextHead({ head: this.#head, settlementId, atSeconds: this.#seconds });
    this.#head = head;
    const told = lie({ kind: "settled", ...what, credits, debitedWei, head, operatorWei: 0n });
    const posted = { ...told, operatorWei: debitedWei - this.#raiseAll(told.credits) };
    for (const [payee, wei] of nets) this.#due.set(payee, this.#dueTo(payee) + wei);
    this.log(posted);
    return posted;
  }

  #dueTo(payee: Address): bigint {
    return this.#due.get(payee) ?? 0n;
  }

  #raiseAll(credits: SettledEvent["credits"]): bigint {
    let raisedWei = 0n;
    for (const { payee, cumulativeWei } of credits) {
      const creditedWei = this.#credited.get(payee) ?? 0n;
      if (cumulativeWei <= creditedWei) continue;
      raisedWei += cumulativeWei - creditedWei;
      this.#credited.set(payee, cumulativeWei);
    }
    return raisedWei;
  }
}
