import { bytesToHex } from "@cortensor/protocol";
import { type Cid, decodeCid, NODE_CODEC } from "./contentCid.js";
import { WANTS_PER_PEER_MAX } from "./contentLimits.js";
import type { ExchangeMessage, SentBlock, Want } from "./exchangeMessage.js";

/** What one peer waits for, in its order, by CID. Answers go one at a time: a peer that doesn't read holds one block, no more. */
export class WantQueue {
  readonly #readBlock: (cid: Cid) => Promise<Uint8Array | undefined>;
  readonly #send: (message: Partial<ExchangeMessage>) => Promise<void>;
  readonly #wants = new Map<string, Want>();
  #serving: Promise<void> | undefined;

  constructor(parts: {
    readonly readBlock: (cid: Cid) => Promise<Uint8Array | undefined>;
    readonly send: (message: Partial<ExchangeMessage>) => Promise<void>;
  }) {
    this.#readBlock = parts.readBlock;
    this.#send = parts.send;
  }

  take(wants: readonly Want[]): void {
    for (const want of wants) {
      const key = bytesToHex(want.cid);
      if (want.kind === "cancel") this.#wants.delete(key);
      else if (this.#wants.size < WANTS_PER_PEER_MAX) this.#wants.set(key, want);
    }
    this.#serving ??= this.#serve().finally(() => {
      this.#serving = undefined;
    });
  }

  /** Forgets all that waits. Resolves when nothing of it is on its way. */
  async stop(): Promise<void> {
    this.#wants.clear();
    await this.#serving;
  }

  /** Never rejects: a peer that can't be answered has gone, and asks again when it comes back. */
  async #serve(): Promise<void> {
    for (;;) {
      const [first] = this.#wants;
      if (first === undefined) return;
      const [key, want] = first;
      this.#wants.delete(key);
      try {
        const answer = await this.#answer(want);
        if (answer !== undefined) await this.#send(answer);
      } catch {
        this.#wants.clear();
        return;
      }
    }
  }

  async #answer({ cid, kind, sendDontHave }: Want): Promise<Partial<ExchangeMessage> | undefined> {
    const block = await this.#find(cid);
    if (block === undefined) return sendDontHave ? { presences: [{ cid, has: false }] } : undefined;
    return kind === "have" ? { presences: [{ cid, has: true }] } : { blocks: [toSent(cid, block)] };
  }

  /** A CID that the network doesn't follow is one that nobody has here. */
  async #find(cid: Uint8Array): Promise<Uint8Array | undefined> {
    let named: Cid;
    try {
      named = decodeCid(cid);
    } catch {
      return undefined;
    }
    return this.#readBlock(named);
  }
}

/** Digest of a CID: 32 bytes, at its end. */
const DIGEST_BYTES = 32;

function toSent(cid: Uint8Array, data: Uint8Array): SentBlock {
  const isOld = cid.length === DIGEST_BYTES + 2;
  const prefix = isOld ? Uint8Array.of(0, NODE_CODEC, 0x12, DIGEST_BYTES) : cid.subarray(0, cid.length - DIGEST_BYTES);
  return { prefix, data };
}
