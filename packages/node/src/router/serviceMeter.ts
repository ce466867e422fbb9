import type { Refusal } from "@cortensor/api";
import type { ServiceRow } from "@cortensor/books";
import { SERVICE_TASKS_MAX, serviceLevelOf } from "@cortensor/protocol";
import type { ChainTime } from "./routerCore.js";
import type { SessionBook } from "./sessionBook.js";

/** How a request ended: answered whole, given up by its client, or refused or failed for a reason. */
export type ServiceEnd = "answered" | "left" | Refusal["code"];

/** Reasons that are the client's, or the chain's: a request that ends by them says nothing of the service. */
const NOT_COUNTED: ReadonlySet<ServiceEnd> = new Set<ServiceEnd>([
  "left",
  "insufficient_balance",
  "debit_required",
  "spending_cap_reached",
  "session_unsupported",
  "task_limit_reached",
  "sink_full",
  "rate_stale",
  "model_not_found",
  "prompt_too_long",
  "document_unavailable",
  "envelope_refused",
]);
/** Epochs whose rows are kept in memory: longer than any task runs at an epoch's length of ten minutes. */
const EPOCHS_KEPT = 8;

/** One request, from its arrival to its end. */
export type ServiceTicket = {
  /** Its first token is sent. */
  first(): void;
  end(how: ServiceEnd): void;
};

export type ServiceMeterParts = {
  readonly sessions: Pick<SessionBook, "knownTerms" | "rulesOf">;
  readonly time: Pick<ChainTime, "epoch">;
  readonly nowMs: () => number;
};

/** Of a request that nothing was promised for. */
export const UNPROMISED: ServiceTicket = { first: () => undefined, end: () => undefined };

/**
 * Counts how the sessions that were promised something are served, by session and epoch: whether requests were answered, and whether their
 * first token was in time. A request counts for the epoch in which it came. In dedicated mode nothing is promised: the nodes are the
 * client's choice.
 */
export class ServiceMeter {
  readonly #parts: ServiceMeterParts;
  readonly #rows = new Map<string, { -readonly [Field in keyof ServiceRow]: ServiceRow[Field] }>();
  readonly #changed = new Set<string>();
  readonly #open = new Map<number, number>();

  constructor(parts: ServiceMeterParts) {
    this.#parts = parts;
  }

  /** A well-formed request has come. */
  begin(account: number): ServiceTicket {
    const sla = this.#promisedOf(account);
    const level = sla === 0 ? undefined : serviceLevelOf(sla);
    if (level === undefined) return UNPROMISED;
    const { time, nowMs } = this.#parts;
    const [arrivedAtMs, epoch] = [nowMs(), time.epoch()];
    const isCounted = (this.#open.get(account) ?? 0) < SERVICE_TASKS_MAX;
    this.#count(account, 1);
    let [isStarted, isEnded] = [false, false];
    return {
      first: () => {
        if (isStarted || isEnded || !isCounted) return;
        isStarted = true;
        const row = this.#rowOf({ account, epoch, sla });
        row.first += 1;
        if (nowMs() - arrivedAtMs > (serviceLevelOf(row.sla)?.firstTokenMs ?? 0)) row.late += 1;
      },
      end: (how) => {
        if (isEnded) return;
        isEnded = true;
        this.#count(account, -1);
        if (!isCounted || NOT_COUNTED.has(how)) return;
        const row = this.#rowOf({ account, epoch, sla });
        row.asked += 1;
        if (how === "answered") row.answered += 1;
      },
    };
  }

  /** Totals that changed since the last call. Those that couldn't be kept are given back by `again`. */
  takeChanged(): readonly ServiceRow[] {
    const rows = [...this.#changed].flatMap((name) => this.#rows.get(name) ?? []).map((row) => ({ ...row }));
    this.#changed.clear();
    const oldest = this.#parts.time.epoch() - EPOCHS_KEPT;
    for (const [name, { epoch }] of this.#rows) if (epoch < oldest) this.#rows.delete(name);
    return rows;
  }

  again(rows: readonly ServiceRow[]): void {
    for (const row of rows) {
      const name = nameOf(row);
      if (!this.#rows.has(name)) this.#rows.set(name, { ...row });
      this.#changed.add(name);
    }
  }

  #promisedOf(account: number): number {
    const { sessions } = this.#parts;
    const rules = sessions.rulesOf(account);
    return rules === undefined || rules.mode === "dedicated" ? 0 : (sessions.knownTerms(account)?.sla ?? 0);
  }

  /** The level of an epoch's first request holds for the epoch. */
  #rowOf(key: Pick<ServiceRow, "account" | "epoch" | "sla">) {
    const name = nameOf(key);
    const row = this.#rows.get(name) ?? { ...key, asked: 0, answered: 0, first: 0, late: 0 };
    this.#rows.set(name, row);
    this.#changed.add(name);
    return row;
  }

  #count(account: number, by: 1 | -1): void {
    const open = (this.#open.get(account) ?? 0) + by;
    if (open > 0) this.#open.set(account, open);
    else this.#open.delete(account);
  }
}

function nameOf({ account, epoch }: Pick<ServiceRow, "account" | "epoch">): string {
  return `${account} ${epoch}`;
}
