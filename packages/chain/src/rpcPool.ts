import { ChainError } from "./chainError.js";
import { chooseRpc, judgeRpcs, type RpcChoice, type RpcHealth, type RpcVerdict } from "./chooseRpc.js";
import { createRpcEndpoint, type RpcEndpoint, type RpcRequest, RpcSilence } from "./rpcEndpoint.js";

/** Health older than this is looked at again, beside what is asked. */
const CHECK_EVERY_MS = 10_000;
/** Health older than this is of no use any more: what is asked waits for a new look. */
const HEALTH_MS_MAX = 60_000;
/** Rounds over all URLs, with growing pauses from `ROUND_DELAY_MS`: an RPC's restart is survived, an outage told. */
const ROUNDS_MAX = 4;
const ROUND_DELAY_MS = 150;

/** How an RPC URL stands, by its name. */
export type RpcNotice = { readonly rpc: string; readonly verdict: RpcVerdict };

export type RpcPoolParts = {
  readonly rpcUrls: readonly string[];
  /** The part of the profile that names them; the whole unless said. */
  readonly of?: "home.";
  readonly chainId: number;
  readonly nowMs: () => number;
  /** Told whenever the verdict on a URL becomes another one. */
  readonly onRpc: (notice: RpcNotice) => void;
};

type Rpc = RpcEndpoint & { health: RpcHealth; told: RpcVerdict["kind"] };

/**
 * The RPC URLs of one chain. Requests go to one of them for as long as it answers, is of the right chain and keeps up with the
 * others; then to the next that does. No request reaches a URL before it was seen to be of the right chain.
 */
export class RpcPool {
  readonly #parts: RpcPoolParts;
  readonly #rpcs: readonly Rpc[];
  #current: number | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  constructor(parts: RpcPoolParts) {
    this.#parts = parts;
    this.#rpcs = parts.rpcUrls.map((url, index) => ({
      ...createRpcEndpoint(url, index, parts.of),
      health: { kind: "unknown" },
      told: "healthy",
    }));
  }

  /** The answer of one RPC. Throws what an RPC refuses with, CHAIN_WRONG_ID, or `RpcSilence` when none answers. */
  async request(asked: RpcRequest): Promise<unknown> {
    await this.#freshHealth();
    for (let round = 1; ; round += 1) {
      const outcome = await this.#ask(asked);
      if (outcome.kind === "answered") return outcome.result;
      if (outcome.choice.kind === "wrongChain") throw this.#wrongChain(outcome.choice);
      if (round === ROUNDS_MAX) throw new RpcSilence(this.#complaint());
      await new Promise((resolve) => setTimeout(resolve, ROUND_DELAY_MS * 2 ** (round - 1)));
      await this.#check();
    }
  }

  /** Looks at all URLs now. */
  async check(): Promise<readonly RpcNotice[]> {
    await this.#check();
    const verdicts = this.#verdicts();
    return this.#rpcs.map(({ name }, index) => ({ rpc: name, verdict: verdicts[index] ?? NOT_ASKED }));
  }

  /** One URL after another, until one answers or none is left that may be asked. */
  async #ask(
    asked: RpcRequest,
  ): Promise<{ readonly kind: "answered"; readonly result: unknown } | { readonly kind: "silent"; choice: RpcChoice }> {
    for (;;) {
      const choice = chooseRpc(this.#verdicts(), this.#current);
      const rpc = choice.kind === "chosen" ? this.#rpcs[choice.index] : undefined;
      if (choice.kind !== "chosen" || rpc === undefined) return { kind: "silent", choice };
      this.#current = choice.index;
      try {
        return { kind: "answered", result: await rpc.request(asked) };
      } catch (error) {
        if (!(error instanceof RpcSilence)) throw error;
        rpc.health = { kind: "failed", reason: error.message };
        this.#tell();
      }
    }
  }

  async #freshHealth(): Promise<void> {
    const ageMs = this.#parts.nowMs() - this.#checkedAtMs;
    if (ageMs < CHECK_EVERY_MS) return;
    const checking = this.#check();
    if (ageMs >= HEALTH_MS_MAX) await checking;
  }

  /** One look at a time: who asks during one waits for it. */
  #check(): Promise<void> {
    this.#checking ??= this.#lookAtAll().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #lookAtAll(): Promise<void> {
    const healths = await Promise.all(this.#rpcs.map((rpc) => rpc.check()));
    for (const [index, health] of healths.entries()) {
      const rpc = this.#rpcs[index];
      if (rpc !== undefined) rpc.health = health;
    }
    this.#checkedAtMs = this.#parts.nowMs();
    this.#tell();
  }

  #verdicts(): readonly RpcVerdict[] {
    return judgeRpcs(
      this.#rpcs.map(({ health }) => health),
      this.#parts.chainId,
    );
  }

  #tell(): void {
    for (const [index, verdict] of this.#verdicts().entries()) {
      const rpc = this.#rpcs[index];
      if (rpc === undefined || rpc.told === verdict.kind) continue;
      rpc.told = verdict.kind;
      this.#parts.onRpc({ rpc: rpc.name, verdict });
    }
  }

  #wrongChain({ index, actual }: { readonly index: number; readonly actual: number }): ChainError {
    const rpc = this.#rpcs[index]?.name ?? "";
    return new ChainError({ code: "CHAIN_WRONG_ID", rpc, expected: this.#parts.chainId, actual });
  }

  #complaint(): string {
    const verdicts = this.#verdicts();
    return this.#rpcs.map(({ name }, index) => `${name}: ${sayOf(verdicts[index] ?? NOT_ASKED)}`).join("; ");
  }
}

const NOT_ASKED: RpcVerdict = { kind: "failed", reason: "not asked yet" };

function sayOf(verdict: RpcVerdict): string {
  switch (verdict.kind) {
    case "healthy":
      return "healthy";
    case "failed":
      return verdict.reason;
    case "behind":
      return `${verdict.blocks} blocks behind`;
    case "wrongChain":
      return `serves chain ${verdict.actual}`;
  }
}
