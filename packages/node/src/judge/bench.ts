import type { DisputeRecord } from "@cortensor/chain";
import type { EngineDescription } from "@cortensor/engine";
import { uncheckedFinding } from "@cortensor/proof";
import {
  type Address,
  type Bytes32,
  guardsDomain,
  hasCode,
  juryTicket,
  lowestTicket,
  VALIDATORS_DRAW_PURPOSE,
  verdictCommitment,
} from "@cortensor/protocol";
import { RetryBook } from "../host/index.js";
import { CaseBook } from "./caseBook.js";
import { createFetchCaseEvidence, type FetchCaseEvidence } from "./fetchCaseEvidence.js";
import type { FindingBook } from "./findingBook.js";
import type { JudgeParts } from "./judge.js";
import { judgeResult, type ShownCase } from "./judgeResult.js";
import { createJudgeMetrics } from "./metrics.js";
import { type CaseView, type JudgeAct, type JudgeView, nextJudgeActs, sittingOf, windowOf } from "./nextJudgeActs.js";

/** Beacons that are remembered: they don't change any more. */
const BEACONS_KEPT = 64;

/** One node's seat in all disputes. */
export class Bench {
  readonly #parts: JudgeParts;
  readonly #book: FindingBook;
  readonly #signal: AbortSignal;
  readonly #cases: CaseBook;
  readonly #retries: RetryBook;
  readonly #metrics: ReturnType<typeof createJudgeMetrics>;
  readonly #fetchEvidence: FetchCaseEvidence;
  readonly #beacons = new Map<number, Bytes32>();
  #engine: Pick<EngineDescription, "modelId" | "kernelClass"> | undefined;
  #working: Promise<void> | undefined;

  constructor(parts: JudgeParts, book: FindingBook, signal: AbortSignal) {
    const { chain, signer, readRouterEndpoints } = parts;
    this.#parts = parts;
    this.#book = book;
    this.#signal = signal;
    this.#cases = new CaseBook(chain);
    this.#retries = new RetryBook(parts.clock);
    this.#metrics = createJudgeMetrics(parts.metrics);
    this.#fetchEvidence = parts.fetchEvidence ?? createFetchCaseEvidence({ chain, signer, readRouterEndpoints });
  }

  async look(): Promise<void> {
    const { config, signer } = this.#parts;
    const followed = await this.#cases.look();
    const disputes = config.isPartyOnly ? followed.filter(({ miner }) => miner === signer.address) : followed;
    this.#metrics.followed.set({}, disputes.length);
    if (disputes.length === 0) return;
    const view = await this.#view(disputes);
    for (const act of nextJudgeActs(view)) {
      const one = view.cases.find(({ dispute }) => dispute.number === act.number);
      if (one !== undefined && !this.#signal.aborted) await this.#try(act, one);
    }
  }

  async idle(): Promise<void> {
    await this.#working;
  }

  async #view(disputes: readonly DisputeRecord[]): Promise<JudgeView> {
    const { chain, signer, nowSeconds } = this.#parts;
    const self = signer.address;
    const own = await chain.readNode(self);
    const cases: CaseView[] = [];
    for (const dispute of disputes) {
      const { number } = dispute;
      const sitting = sittingOf(dispute);
      const place = sitting && { number, sitting };
      cases.push({
        dispute,
        isAble: own?.kernelClass === dispute.kernelClass && (await this.#runs(dispute)),
        ticket: await this.#ticketIn(dispute, self),
        finding: place && this.#book.find(place),
        hasSpoken: place !== undefined && this.#book.hasSpoken(place),
        isPlanted: dispute.isOwn && dispute.miner === self && (await chain.readIsPlanted(dispute.resultHash)),
      });
    }
    const isPartyOnly = this.#parts.config.isPartyOnly ?? false;
    return { self, nowSeconds: nowSeconds(), times: chain.times, cases, isPartyOnly };
  }

  /** Whether its engine runs the disputed result's model in its class. */
  async #runs({ modelId, kernelClass }: DisputeRecord): Promise<boolean> {
    this.#engine ??= await this.#parts.describeEngine(this.#signal);
    return this.#engine.modelId === modelId && this.#engine.kernelClass === kernelClass;
  }

  async #ticketIn(dispute: DisputeRecord, self: Address): Promise<Bytes32 | undefined> {
    const { phase, taskId } = dispute;
    if (phase !== "opened" && phase !== "called" && phase !== "appealed") return undefined;
    const { chain, nowSeconds } = this.#parts;
    const window = windowOf(dispute, chain.times);
    const now = nowSeconds();
    if (now < window.opensSeconds || now >= window.closesSeconds) return undefined;
    const beacon = await this.#beaconOf(window.epoch);
    if (beacon === undefined) return undefined;
    if (phase !== "opened") return juryTicket({ beacon, taskId, juror: self });
    const weight = await chain.readWeight(window.fixedAtSeconds);
    return lowestTicket({ node: self, weight }, { beacon, subject: taskId, purpose: VALIDATORS_DRAW_PURPOSE });
  }

  async #beaconOf(epoch: number): Promise<Bytes32 | undefined> {
    const known = this.#beacons.get(epoch) ?? (await this.#parts.chain.readBeacon(epoch));
    if (known !== undefined) this.#beacons.set(epoch, known);
    for (const old of this.#beacons.keys()) if (this.#beacons.size > BEACONS_KEPT) this.#beacons.delete(old);
    return known;
  }

  /** Does an act. A refusal is nothing out of the ordinary: another may have done the same, or have a lower ticket. */
  async #try(act: JudgeAct, one: CaseView): Promise<void> {
    const { log } = this.#parts;
    if (act.kind === "judge") return this.#judge(act, one.dispute);
    const key = `${act.kind} ${act.number} ${one.dispute.phase} ${one.dispute.atSeconds}`;
    if (!this.#retries.isOpen(key)) return;
    const name = act.kind === "enforce" ? act.chore : act.kind;
    if (act.kind === "appeal" && !(await this.#parts.chain.readCanAppeal())) {
      this.#retries.failed(key, false);
      this.#metrics.acts.add({ act: name, outcome: "unfunded" });
      return log.warn("A verdict waits to be appealed: the bond isn't there", { number: act.number });
    }
    try {
      await this.#do(act, one);
      // A node puts itself in once; what else was done is seen on chain.
      this.#retries.done(key, act.kind === "claim");
      this.#metrics.acts.add({ act: name, outcome: "done" });
      log.info("A step in a dispute", { number: act.number, act: name });
    } catch (error) {
      const isRefused = hasCode(error, "CHAIN_REVERTED");
      if (isRefused && act.kind === "claim") this.#retries.done(key, true);
      else this.#retries.failed(key, isRefused);
      this.#metrics.acts.add({ act: name, outcome: isRefused ? "refused" : "failed" });
      if (isRefused) log.debug("A step in a dispute was refused", { number: act.number, act: name }, error);
      else log.warn("A step in a dispute failed", { number: act.number, act: name }, error);
    }
  }

  async #do(act: Exclude<JudgeAct, { readonly kind: "judge" }>, { dispute, finding }: CaseView): Promise<void> {
    const { chain, signer } = this.#parts;
    const { number, taskId } = dispute;
    const sitting = sittingOf(dispute);
    switch (act.kind) {
      case "claim":
        return chain.claim(number);
      case "draw":
        return chain.draw(number, act.phase);
      case "appeal":
        return chain.appeal(number);
      case "dismiss":
        return chain.dismiss(number);
      case "enforce":
        return chain.enforce(number, act.chore);
      case "commit": {
        if (finding === undefined) return;
        const domain = guardsDomain({ chainId: chain.chainId, guards: chain.guards });
        const verdict = { taskId, tier: 2, ...finding } as const;
        return chain.commit(number, verdictCommitment(domain, { validator: signer.address, verdict }));
      }
      case "reveal":
        if (finding !== undefined) await chain.reveal(number, finding);
        break;
      case "vote":
        // Who accuses shows: what nobody shows, or nobody can make again, isn't found wrong.
        if (finding !== undefined) await chain.vote(number, finding.outcome === "failed");
        break;
    }
    if (sitting !== undefined) await this.#book.markSpoken({ number, sitting });
  }

  /** What the accused keeps itself: nobody else need show it. */
  readonly #readOwn = async ({ resultHash }: DisputeRecord): Promise<ShownCase | undefined> => {
    const body = this.#parts.readOwnBody?.(resultHash);
    return body && { bodies: [body] };
  };

  /** Makes a result again, one at a time, beside the looks. */
  #judge(act: Extract<JudgeAct, { readonly kind: "judge" }>, dispute: DisputeRecord): void {
    const { number, sitting, mayGiveUp } = act;
    const key = `judge ${number} ${sitting}`;
    if (this.#working !== undefined || !this.#retries.isOpen(key)) return;
    const work = async (): Promise<void> => {
      const { chain, randomBytes32, log } = this.#parts;
      const { times } = chain;
      const known = this.#book.findDecided(number);
      const readSeedBeacon = chain.readSeedBeacon.bind(chain);
      const fetchEvidence = sitting === "own" ? this.#readOwn : this.#fetchEvidence;
      const { openChecker, openSealed } = this.#parts;
      const parts = { readSeedBeacon, times, fetchEvidence, openChecker, ...(openSealed && { openSealed }) };
      const found = known ?? (await judgeResult(dispute, parts, this.#signal));
      if (found === undefined && !mayGiveUp) return this.#retries.failed(key, false);
      const { outcome, stats, firstDiff } = found ?? uncheckedFinding("withheld");
      await this.#book.keep({ number, sitting }, { outcome, stats, firstDiff, salt: randomBytes32() });
      this.#metrics.found.add({ outcome });
      log.info("A disputed result was judged", { number, sitting, outcome });
    };
    this.#working = work()
      .catch((error: unknown) => {
        this.#retries.failed(key, false);
        if (!this.#signal.aborted) this.#parts.log.warn("A disputed result could not be judged", { number }, error);
      })
      .finally(() => {
        this.#working = undefined;
      });
  }
}
