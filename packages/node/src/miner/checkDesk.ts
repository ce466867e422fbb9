import type { Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { AuthorisedPeer, CheckReply, CheckRequest, LinkStream } from "@cortensor/wire";
import type { BeaconBook } from "../host/index.js";
import { checkSegment } from "./checkSegment.js";
import type { MinerMetrics } from "./metrics.js";
import type { Bench } from "./offers.js";

/** Checks that may wait for the one that runs. Each holds a body of a few megabytes at most. */
const CHECKS_MAX = 8;
/** The longest that one may take: then its router has long asked another. */
const CHECK_MS_MAX = 600_000;

export type CheckDeskParts = {
  readonly beacons: Pick<BeaconBook, "read">;
  readonly benches: ReadonlyMap<Bytes32, Bench>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<MinerMetrics, "checks">;
};

/** Checks other miners' results for routers. Nobody pays for it: one at a time, so that it takes the place of one paid task at most. */
export class CheckDesk {
  readonly #parts: CheckDeskParts;
  readonly #stopping = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #size = 0;

  constructor(parts: CheckDeskParts) {
    this.#parts = parts;
  }

  /** Declines everything from here on, and ends what runs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#last;
  }

  onStream(stream: LinkStream, request: CheckRequest, router: AuthorisedPeer): void {
    const reply = (said: CheckReply): void => {
      const outcome = said.kind === "checked" ? said.verdict : said.code;
      this.#parts.metrics.checks.add({ outcome });
      stream.send(said);
      stream.end();
    };
    if (this.#stopping.signal.aborted || this.#size >= CHECKS_MAX) {
      reply(BUSY);
      return;
    }
    this.#size += 1;
    this.#last = this.#last
      .then(() => this.#check(stream, request, router))
      .then((said) => {
        this.#size -= 1;
        reply(said);
      });
  }

  async #check(stream: LinkStream, request: CheckRequest, router: AuthorisedPeer): Promise<CheckReply> {
    const { beacons, benches, clock, log } = this.#parts;
    const over = new AbortController();
    void stream.ended.then(() => over.abort());
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    if (signal.aborted) return BUSY;
    const late = clock.sleep(CHECK_MS_MAX, signal).then(
      () => over.abort(),
      () => undefined,
    );
    const bench = benches.get(request.body.task.modelId);
    const leave = bench?.workload.enter();
    try {
      const beacon = await beacons.read(request.epoch);
      return await checkSegment({ request, beacon, bench, signal });
    } catch (error) {
      if (!signal.aborted) log.warn("A check failed", { router: router.address }, error);
      return { kind: "checkDeclined", code: "engineFailed" };
    } finally {
      leave?.();
      over.abort();
      await late;
    }
  }
}

const BUSY: CheckReply = { kind: "checkDeclined", code: "busy" };
