import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/** What the first entry of a guard's log follows. */
export const LOG_START: Bytes32 = `0x${"00".repeat(32)}`;

/**
 * A guard's word that it released its share of a task's key, to whom and when, written before it does. Each entry names the one before, so
 * that none can be left out once a later one was shown.
 * EIP-712 `ShareReleased(bytes32 taskId,address validator,uint64 epoch,uint64 dispute,uint64 at,uint64 number,bytes32 previous)`.
 */
export type ShareRelease = {
  readonly taskId: Bytes32;
  readonly validator: Address;
  readonly epoch: number;
  /** The dispute that it sits in; 0: the beacon drew it for the task. */
  readonly dispute: number;
  readonly at: UnixSeconds;
  /** Counts from 0 in each guard's log. */
  readonly number: number;
  readonly previous: Bytes32;
};
export type SignedShareRelease = { readonly release: ShareRelease; readonly signature: Hex };

export const SHARE_RELEASE_TYPE =
  "ShareReleased(bytes32 taskId,address validator,uint64 epoch,uint64 dispute,uint64 at,uint64 number,bytes32 previous)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(SHARE_RELEASE_TYPE));
const writer = new WordWriter(8);

export function hashShareRelease({ taskId, validator, epoch, dispute, at, number, previous }: ShareRelease): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .bytes32(taskId)
    .address(validator)
    .uint64("epoch", epoch)
    .uint64("dispute", dispute)
    .uint64("at", at)
    .uint64("number", number)
    .bytes32(previous)
    .hash();
}

/** The next entry of a log, signed. */
export function logRelease(
  domain: Eip712Domain,
  last: SignedShareRelease | undefined,
  entry: { readonly of: Omit<ShareRelease, "number" | "previous">; readonly sign: (digest: Bytes32) => Hex },
): SignedShareRelease {
  const previous = last === undefined ? LOG_START : hashShareRelease(last.release);
  const release = { ...entry.of, number: last === undefined ? 0 : last.release.number + 1, previous };
  return { release, signature: entry.sign(typedDataDigest(domain, hashShareRelease(release))) };
}

/** Why a log isn't a guard's whole log up to its last entry. */
export type LogFault = { readonly kind: "wrongSigner" | "gap" | "backwards"; readonly number: number };

/** The first entry that its guard didn't sign, that doesn't follow the one before, or that is older. */
export function logFault(
  domain: Eip712Domain,
  guard: Address,
  log: readonly SignedShareRelease[],
): LogFault | undefined {
  let previous = LOG_START;
  let at = 0;
  for (const [number, signed] of log.entries()) {
    const { release } = signed;
    if (signerOf(domain, signed) !== guard) return { kind: "wrongSigner", number };
    if (release.number !== number || release.previous !== previous) return { kind: "gap", number };
    if (release.at < at) return { kind: "backwards", number };
    previous = hashShareRelease(release);
    at = release.at;
  }
  return undefined;
}

/** Who could open an owner's tasks, by guards' logs: each validator to whom as many guards as the threshold released. */
export function openedTasks(
  logs: ReadonlyMap<Address, readonly SignedShareRelease[]>,
  thresholdOf: (taskId: Bytes32) => number | undefined,
): readonly {
  readonly taskId: Bytes32;
  readonly validator: Address;
  readonly dispute: number;
  readonly at: UnixSeconds;
  readonly guards: number;
}[] {
  const releases = new Map<
    string,
    Pick<ShareRelease, "taskId" | "validator" | "dispute"> & { readonly at: Map<Address, UnixSeconds> }
  >();
  for (const [guard, log] of logs) {
    for (const { release } of log) {
      const { taskId, validator, dispute, at } = release;
      const key = `${taskId}${validator}${dispute}`;
      const one = releases.get(key) ?? { taskId, validator, dispute, at: new Map<Address, UnixSeconds>() };
      one.at.set(guard, Math.min(at, one.at.get(guard) ?? at));
      releases.set(key, one);
    }
  }
  return [...releases.values()].flatMap(({ taskId, validator, dispute, at }) => {
    const threshold = thresholdOf(taskId);
    const times = [...at.values()].sort((left, right) => left - right);
    const opened = threshold === undefined ? undefined : times[threshold - 1];
    return opened === undefined ? [] : [{ taskId, validator, dispute, at: opened, guards: at.size }];
  });
}

function signerOf(domain: Eip712Domain, { release, signature }: SignedShareRelease): Address | undefined {
  try {
    return recoverSigner(typedDataDigest(domain, hashShareRelease(release)), signature);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
