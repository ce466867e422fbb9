import { ByteWriter } from "../byteWriter.js";
import { assert } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { type ContextKeys, decapsulate, encapsulate } from "./hpke.js";
import { type PrekeyBundle, prekeyBundleHash } from "./prekeyBundle.js";
import { type SealSuite, suiteNumber } from "./sealSuite.js";

/** Tasks of one context; then the client sets up another. What a context's keys open if they are stolen ends there. */
export const CONTEXT_TASKS_MAX = 4_096;

/** What a context is bound to on both sides, besides the keys. */
export type ContextId = {
  readonly suite: SealSuite;
  /** 32 bytes that the client drew for its session with this network: no account, no key of it. */
  readonly session: Bytes32;
  readonly miner: Address;
  /** `prekeyBundleHash`, as on chain: chain, registry, miner and epoch with it. */
  readonly bundleHash: Bytes32;
};

/** One HPKE context: of one session with one miner. */
export type SealContext = ContextId & { readonly enc: Uint8Array; readonly keys: ContextKeys };

/** A client's side. The bundle is one in which `prekeyFault` found nothing. Throws PROTOCOL_BAD_KEY. */
export async function createSealContext(parts: {
  readonly bundle: PrekeyBundle;
  readonly suite: SealSuite;
  readonly session: Bytes32;
  /** For vectors alone: see `encapsulate`. */
  readonly ephemeral?: Uint8Array;
}): Promise<SealContext> {
  const { bundle, suite, session, ephemeral } = parts;
  const prekey = bundle.keys.find((key) => key.suite === suite);
  assert(prekey !== undefined, "a context's suite is one of its bundle");
  const id = { suite, session, miner: bundle.node, bundleHash: prekeyBundleHash(bundle) };
  const to = { publicKey: prekey.publicKey, info: contextInfo(id) };
  const { enc, keys } = await encapsulate(suite, ephemeral === undefined ? to : { ...to, ephemeral });
  return { ...id, enc, keys };
}

/** The miner's side of the same. Undefined for what no sender could have encapsulated. */
export async function openSealContext(
  id: ContextId,
  parts: { readonly enc: Uint8Array; readonly privateKey: Uint8Array },
): Promise<SealContext | undefined> {
  const keys = await decapsulate(id.suite, { ...parts, info: contextInfo(id) });
  return keys === undefined ? undefined : { ...id, enc: parts.enc, keys };
}

/** `"cortensor seal v1" ‖ suite u16 ‖ session ‖ miner ‖ bundle hash`: HPKE's `info`. */
function contextInfo({ suite, session, miner, bundleHash }: ContextId): Uint8Array {
  return new ByteWriter()
    .tag("cortensor seal v1")
    .uint("suite", suiteNumber(suite), 2)
    .hex(session, 32)
    .hex(miner, 20)
    .hex(bundleHash, 32)
    .toBytes()
    .slice();
}

/** The tasks that a miner has opened in one context. A second envelope for one of them is refused, and so is a task too many. */
export class OpenedTasks {
  readonly #taskIds = new Set<Bytes32>();

  /** Remembers the task, once. */
  admit(taskId: Bytes32): "admitted" | "replayed" | "contextSpent" {
    if (this.#taskIds.has(taskId)) return "replayed";
    if (this.#taskIds.size >= CONTEXT_TASKS_MAX) return "contextSpent";
    this.#taskIds.add(taskId);
    return "admitted";
  }
}
