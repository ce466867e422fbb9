import type { Bytes32, EpochTimes, UnixSeconds } from "@cortensor/protocol";
import { type Clock, type Logger, runLoop } from "@cortensor/runtime";
import { BEACON_EPOCHS_MAX, beaconsDue, beaconToBindTo, type EpochBeacon, isBeaconEpoch } from "./beaconEpochs.js";

/** Pause between two looks. One that has nothing to read costs nothing, and the next epoch's beacon is known for a tenth of an epoch before it begins. */
const LOOK_MS = 500;
/** After this long what is known is read again: the chain may have taken it back. */
const READ_AGAIN_MS = 10_000;
/** Longest wait of a task for a beacon that no look has read yet. */
const READ_WAIT_MS = 1_000;

export type BeaconBookParts = {
  readonly times: EpochTimes;
  /** By the chain; undefined while it doesn't know it. */
  readonly readBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => UnixSeconds;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * The chain's beacons, read before tasks need them, of at most as many epochs as tasks may be of. When the chain shows another beacon than before of an epoch that
 * has begun, all others are forgotten: each follows from the one before. While it can't be read, what is known stays.
 */
export class BeaconBook {
  readonly #parts: BeaconBookParts;
  readonly #known = new Map<number, Bytes32>();
  readonly #reads = new Map<number, Promise<Bytes32 | undefined>>();
  #readAgainAtMs = 0;

  constructor(parts: BeaconBookParts) {
    this.#parts = parts;
  }

  /** Looks again and again until the signal aborts; resolves then. */
  keep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    return runLoop({
      ...{ name: "beacons", everyMs: LOOK_MS, clock, signal, work: () => this.look() },
      onError: (error) => log.debug("Beacons could not be read", {}, error),
    });
  }

  /** What a task that begins now is of. Undefined when the chain hasn't been read for `BEACON_EPOCHS_MAX` epochs. */
  toBindTo(): EpochBeacon | undefined {
    return beaconToBindTo(this.#known, this.#running(this.#parts.nowSeconds()));
  }

  /** Undefined as well for an epoch that no task may be of now. */
  find(epoch: number): Bytes32 | undefined {
    return this.mayBeOf(epoch) ? this.#known.get(epoch) : undefined;
  }

  /** Whether a task may be of an epoch now, whatever is known of it. */
  mayBeOf(epoch: number): boolean {
    return isBeaconEpoch(epoch, this.#running(this.#parts.nowSeconds()));
  }

  /** What `find` says, after asking the chain for a moment where nothing is known. Never rejects. */
  async read(epoch: number): Promise<Bytes32 | undefined> {
    const known = this.find(epoch);
    if (known !== undefined || !this.mayBeOf(epoch)) return known;
    const { clock, log } = this.#parts;
    const over = new AbortController();
    const late = clock.sleep(READ_WAIT_MS, over.signal).catch(() => undefined);
    const read = this.#read(epoch).catch((error: unknown) => log.warn("A beacon could not be read", { epoch }, error));
    await Promise.race([read, late]);
    over.abort();
    return this.find(epoch);
  }

  /** Reads what is due and isn't known, and now and then what is. At the start also the epoch before, which a chain that is behind knows. */
  async look(seconds: UnixSeconds = this.#parts.nowSeconds()): Promise<void> {
    const { times, clock } = this.#parts;
    const running = this.#running(seconds);
    const isAgain = clock.nowMs() >= this.#readAgainAtMs;
    if (isAgain) this.#readAgainAtMs = clock.nowMs() + READ_AGAIN_MS;
    const due = beaconsDue(times, seconds).filter((epoch) => isAgain || !this.#known.has(epoch));
    for (const epoch of due) await this.#read(epoch);
    if (beaconToBindTo(this.#known, running) === undefined && running > 0) await this.#read(running - 1);
    // Last: a clock that leaps goes on after this, and until then the old ones are what tasks are of.
    for (const epoch of this.#known.keys()) if (epoch < running - BEACON_EPOCHS_MAX) this.#known.delete(epoch);
  }

  #running(seconds: UnixSeconds): number {
    return beaconsDue(this.#parts.times, seconds)[0] ?? 0;
  }

  /** One read of an epoch at a time, whoever wants it. */
  #read(epoch: number): Promise<Bytes32 | undefined> {
    const running = this.#reads.get(epoch);
    if (running !== undefined) return running;
    const read = this.#parts
      .readBeacon(epoch)
      .then((beacon) => this.#learn(epoch, beacon))
      .finally(() => this.#reads.delete(epoch));
    this.#reads.set(epoch, read);
    return read;
  }

  #learn(epoch: number, beacon: Bytes32 | undefined): Bytes32 | undefined {
    const { log, nowSeconds } = this.#parts;
    const before = this.#known.get(epoch);
    if (beacon === undefined) return before;
    if (before !== undefined && before !== beacon) {
      log.warn("The chain has taken a beacon back", { epoch });
      if (epoch <= this.#running(nowSeconds())) this.#known.clear();
    }
    this.#known.set(epoch, beacon);
    return beacon;
  }
}
