import type { DisputeRecord } from "@cortensor/chain";
import type { JudgeChain } from "./judgeChain.js";

/** Disputes that are followed at once, the newest: each is read in every look. */
const FOLLOWED_MAX = 256;
/** Disputes read at once. */
const READS_AT_ONCE = 16;

/** Follows the disputes that go on, and those that ended with a slash until it is carried out: what is over isn't read again. */
export class CaseBook {
  readonly #chain: Pick<JudgeChain, "readDisputeCount" | "readDispute">;
  #followed: readonly number[] = [];
  #known: number | undefined;

  constructor(chain: Pick<JudgeChain, "readDisputeCount" | "readDispute">) {
    this.#chain = chain;
  }

  /** All that is followed, as it stands now. */
  async look(): Promise<readonly DisputeRecord[]> {
    const count = await this.#chain.readDisputeCount();
    const first = Math.max(this.#known ?? 0, count - FOLLOWED_MAX) + 1;
    const fresh = Array.from({ length: Math.max(0, count - first + 1) }, (_, at) => first + at);
    const wanted = [...this.#followed, ...fresh].slice(-FOLLOWED_MAX);
    const found: DisputeRecord[] = [];
    for (let at = 0; at < wanted.length; at += READS_AT_ONCE) {
      const part = wanted.slice(at, at + READS_AT_ONCE).map((number) => this.#chain.readDispute(number));
      found.push(...(await Promise.all(part)).filter((one) => one !== undefined));
    }
    const open = found.filter(goesOn);
    this.#followed = open.map(({ number }) => number);
    this.#known = count;
    return open;
  }
}

function goesOn({ phase, ending, isSent, frozenUntil }: DisputeRecord): boolean {
  return phase !== "ended" || (ending === "slashed" && !isSent) || frozenUntil !== undefined;
}
