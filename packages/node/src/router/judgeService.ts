import type { CutReceipt, ServiceRow } from "@cortensor/books";
import {
  addFigures,
  NO_SERVICE,
  SERVICE_SAMPLE_MIN,
  SERVICE_WINDOW_EPOCHS,
  type ServiceFigures,
  type ServiceVerdict,
  serviceLevelOf,
  serviceVerdict,
} from "@cortensor/protocol";

/** A verdict over one or more epochs of a session. */
export type Judgement = {
  readonly account: number;
  readonly sla: number;
  readonly fromEpoch: number;
  readonly epoch: number;
  readonly figures: ServiceFigures;
  readonly verdict: ServiceVerdict;
};

/**
 * What can be judged of sessions' figures, by account and then epoch. Epochs are added up until there are enough requests; too few of them
 * after a whole window, or before a change of level, are no verdict. The rest waits for later epochs.
 */
export function judgeService(rows: readonly ServiceRow[], beforeEpoch: number): readonly Judgement[] {
  const judged: Judgement[] = [];
  let window: ServiceRow[] = [];
  const close = (): void => {
    const judgement = judge(window);
    if (judgement !== undefined) judged.push(judgement);
    window = [];
  };
  for (const [index, row] of rows.entries()) {
    window.push(row);
    const next = rows[index + 1];
    const isLast = next === undefined || next.account !== row.account;
    const { fromEpoch, asked } = sumOf(window);
    const windowEnd = fromEpoch + SERVICE_WINDOW_EPOCHS;
    const isOver = isLast ? beforeEpoch >= windowEnd : next.sla !== row.sla || next.epoch >= windowEnd;
    if (asked >= SERVICE_SAMPLE_MIN || isOver) close();
    else if (isLast) window = [];
  }
  return judged;
}

function sumOf(window: readonly ServiceRow[]): ServiceFigures & { readonly fromEpoch: number } {
  return { ...window.reduce<ServiceFigures>(addFigures, NO_SERVICE), fromEpoch: window[0]?.epoch ?? 0 };
}

function judge(window: readonly ServiceRow[]): Judgement | undefined {
  const last = window.at(-1);
  const level = last && serviceLevelOf(last.sla);
  if (last === undefined || level === undefined) return undefined;
  const { fromEpoch, ...figures } = sumOf(window);
  const { account, epoch, sla } = last;
  return { account, sla, fromEpoch, epoch, figures, verdict: serviceVerdict(figures, level) };
}

/**
 * Which receipts of cut tasks are given back now: whole ones, oldest first, as far as what may be given in one epoch reaches. One that is
 * larger than that alone is passed over.
 */
export function chooseRefunds(receipts: readonly CutReceipt[], mostWei: bigint): ReadonlyMap<number, CutReceipt[]> {
  const chosen = new Map<number, CutReceipt[]>();
  let leftWei = mostWei;
  for (const receipt of receipts) {
    if (receipt.feeWei > leftWei) continue;
    leftWei -= receipt.feeWei;
    const ofAccount = chosen.get(receipt.account);
    if (ofAccount === undefined) chosen.set(receipt.account, [receipt]);
    else ofAccount.push(receipt);
  }
  return chosen;
}
