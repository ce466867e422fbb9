import {
  type Address,
  type Bytes32,
  bytesToHex,
  decodeEnvelope,
  type Envelope,
  handedTokens,
  hasCode,
  OpenedTasks,
  openEnvelope,
  type SealContext,
  type SealRefusal,
  sealedAnswerSalt,
  sealedPromptSalt,
} from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { LinkStream, Start, StartSealed } from "@cortensor/wire";
import { nodeAead } from "../../host/index.js";
import type { PrekeyDesk } from "./prekeyDesk.js";
import { SealedStream } from "./sealedStream.js";

/** Contexts kept open: one for each session and miner; the longest unused goes first, and is opened again by its next envelope. */
export const CONTEXTS_MAX = 1_024;
/** Envelopes opened at once: each may cost a key agreement, about a millisecond. */
const OPENING_MAX = 64;

/** What an envelope held, as an open task would have come. */
export type OpenedTask = {
  readonly kind: "opened";
  readonly start: Start;
  /** The same stream, through which the answer goes sealed. */
  readonly stream: LinkStream;
  readonly answerSalt: Bytes32;
};

/** Why an envelope isn't taken: what protocol says, or what else is wrong with what it asks for. */
export type EnvelopeRefusal = SealRefusal | "badEnvelope" | "badHandOver" | "otherCommitted" | "seeded" | "busy";

type Known = { readonly context: SealContext; readonly tasks: OpenedTasks };

/** Opens what is sealed to a miner. Keeps contexts, and which tasks each has had; of a prompt it keeps nothing. */
export class EnvelopeDesk {
  readonly #contexts = new Map<string, Known>();
  readonly #parts: {
    readonly self: Address;
    readonly prekeys: Pick<PrekeyDesk, "findPrekeys">;
    readonly clock: Clock;
    readonly randomBytes32: () => Bytes32;
  };
  #opening = 0;

  constructor(parts: {
    readonly self: Address;
    readonly prekeys: Pick<PrekeyDesk, "findPrekeys">;
    readonly clock: Clock;
    readonly randomBytes32: () => Bytes32;
  }) {
    this.#parts = parts;
  }

  async open(
    sealed: StartSealed,
    stream: LinkStream,
  ): Promise<OpenedTask | { readonly kind: "refused"; readonly refusal: EnvelopeRefusal }> {
    const envelope = readEnvelope(sealed.envelope);
    if (envelope === undefined) return refuse("badEnvelope");
    if (this.#opening >= OPENING_MAX) return refuse("busy");
    this.#opening += 1;
    try {
      return await this.#open(envelope, sealed, stream);
    } finally {
      this.#opening -= 1;
    }
  }

  async #open(envelope: Envelope, sealed: StartSealed, stream: LinkStream) {
    const { self, prekeys, clock, randomBytes32 } = this.#parts;
    const { task, assignment } = sealed;
    const enc = envelope.readers.find(({ miner }) => miner === self)?.enc;
    const name = enc === undefined ? "" : bytesToHex(enc);
    const opened = await openEnvelope(envelope, {
      miner: self,
      task,
      findPrekeys: (bundleHash) => prekeys.findPrekeys(bundleHash),
      known: this.#contexts.get(name)?.context,
      aead: nodeAead,
    });
    if (opened.kind === "refused") return opened;
    const { request, dataKey, context } = opened;
    const { taskId } = envelope;
    const before = { taskId, dataKey, aead: nodeAead, from: request.committed.length };
    const handed = handedTokens(sealed.handed ?? [], before);
    if (handed === undefined) return refuse("badHandOver");
    const committed = [...request.committed, ...handed];
    if (committed.length !== sealed.committed) return refuse("otherCommitted");
    // A seed of the client's own would be one that no router knows of: such work earns nothing beside its fee.
    if (request.params.userSeed !== undefined) return refuse("seeded");
    const verdict = this.#remember(name, context).admit(envelope.taskId);
    if (verdict !== "admitted") return refuse(verdict);
    const { suite } = envelope;
    const { prompt, params, secret, answerSecret } = request;
    const { seedSource, warmTag } = sealed;
    const promptSalt = sealedPromptSalt({ suite, secret });
    const asked = { task, assignment, prompt, promptSalt, params, seedSource, warmTag, committed };
    const answer = { taskId: envelope.taskId, context, dataKey, nonce: randomBytes32(), aead: nodeAead };
    return {
      kind: "opened",
      start: { kind: "start", ...asked },
      stream: new SealedStream({ ...answer, stream, clock, committed: committed.length }),
      answerSalt: sealedAnswerSalt({ suite, secret: answerSecret }, envelope.taskId),
    } as const;
  }

  #remember(name: string, context: SealContext): OpenedTasks {
    const known = this.#contexts.get(name) ?? { context, tasks: new OpenedTasks() };
    this.#contexts.delete(name);
    this.#contexts.set(name, known);
    for (const oldest of this.#contexts.keys()) {
      if (this.#contexts.size <= CONTEXTS_MAX) break;
      this.#contexts.delete(oldest);
    }
    return known.tasks;
  }
}

function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}

function refuse(refusal: EnvelopeRefusal) {
  return { kind: "refused", refusal } as const;
}
