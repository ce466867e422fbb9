import type { VerificationDomain } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { AuthorisedPeer, LinkStream, ProbeReply, ProbeRequest } from "@cortensor/wire";
import type { Identity, SealingKey } from "../host/index.js";
import { answerProbe } from "./answerProbe.js";
import type { MinerMetrics } from "./metrics.js";
import type { Bench } from "./offers.js";

/** Probes done at once: its own verification, and a few of others'. They are nobody's paid work. */
const PROBES_MAX = 4;

export type ProbeDeskParts = {
  readonly identity: Identity;
  /** Where the miner is registered. */
  readonly home: VerificationDomain;
  readonly sealing: SealingKey;
  readonly benches: ReadonlyMap<Bytes32, Bench>;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<MinerMetrics, "probes">;
};

/** Answers the probes of routers, and owns those that run. */
export class ProbeDesk {
  readonly #parts: ProbeDeskParts;
  readonly #probes = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(parts: ProbeDeskParts) {
    this.#parts = parts;
  }

  /** Declines everything from here on, and ends what runs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#probes);
  }

  onStream(stream: LinkStream, probe: ProbeRequest, router: AuthorisedPeer): void {
    const isBusy = this.#stopping.signal.aborted || this.#probes.size >= PROBES_MAX;
    const work = (isBusy ? Promise.resolve(BUSY) : this.#answer(stream, probe, router)).then((reply) => {
      this.#parts.metrics.probes.add({ outcome: reply.kind === "probed" ? "answered" : reply.code });
      stream.send(reply);
      stream.end();
      this.#probes.delete(work);
    });
    this.#probes.add(work);
  }

  async #answer(stream: LinkStream, probe: ProbeRequest, router: AuthorisedPeer): Promise<ProbeReply> {
    const { identity, home, sealing, benches, nowSeconds, clock, log } = this.#parts;
    const { node, signer } = identity;
    const gone = new AbortController();
    void stream.ended.then(() => gone.abort());
    try {
      return await answerProbe({
        probe,
        verifier: router.address,
        self: node.address,
        domain: home,
        bench: benches.get(probe.modelId),
        sealing,
        sign: (digest) => signer.sign(digest),
        nowSeconds: nowSeconds(),
        nowMs: () => clock.nowMs(),
        signal: AbortSignal.any([gone.signal, this.#stopping.signal]),
      });
    } catch (error) {
      log.warn("A probe failed", { router: router.address }, error);
      return { kind: "declined", code: "engineFailed" };
    }
  }
}

const BUSY: ProbeReply = { kind: "declined", code: "busy" };
