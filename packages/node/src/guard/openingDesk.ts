import type { OpeningDesk } from "@cortensor/api";
import {
  type Address,
  type Bytes32,
  type Eip712Domain,
  type GuardSet,
  guardSetHash,
  type HeldPrekey,
  openingFault,
  openShare,
  type SharedKey,
  type SignedOpeningAsk,
  sealReleasedShare,
  setEntryId,
  type UnixSeconds,
} from "@cortensor/protocol";
import { nodeAead } from "../host/index.js";
import type { OpeningLogBook } from "./openingLogBook.js";

/** Asks that wait at once: each costs a key agreement, and a few reads of the chain. */
const WAITING_MAX = 64;
/** A task is settled in the epoch that it was bound in, or one of the next. */
const SETS_BEFORE = 2;

export type OpeningDeskParts = {
  readonly self: Address;
  /** The Registry's. */
  readonly domain: Eip712Domain;
  readonly prekeys: {
    bundles(): readonly Uint8Array[];
    findPrekeys(bundleHash: Bytes32): readonly HeldPrekey[];
  };
  readonly log: OpeningLogBook;
  readonly readGuardSet: (epoch: number) => Promise<GuardSet>;
  /** Whom the beacon drew to have a task opened, by its id as the results root has it; empty while nobody can say. */
  readonly drawnFor: (epoch: number) => Promise<ReadonlyMap<Bytes32, Address>>;
  readonly nowSeconds: () => UnixSeconds;
};

/** Releases shares, one ask after another: each stands in the log, on the disk, before it leaves. */
export function createOpeningDesk(parts: OpeningDeskParts): OpeningDesk {
  const { prekeys, log } = parts;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    bundles: () => prekeys.bundles(),
    log: (from, most) => log.from(from, most),
    release: async (signed, shared) => {
      if (waiting >= WAITING_MAX) return { kind: "refused", fault: "busy" };
      waiting += 1;
      const released = last.then(() => release(parts, signed, shared));
      last = released.catch(() => undefined);
      return released.finally(() => {
        waiting -= 1;
      });
    },
  };
}

async function release(
  parts: OpeningDeskParts,
  signed: SignedOpeningAsk,
  shared: SharedKey,
): ReturnType<OpeningDesk["release"]> {
  const { self, domain, prekeys, log, nowSeconds } = parts;
  const own = shared.shares.find(({ guard }) => guard === self);
  const held = own && prekeys.findPrekeys(own.bundleHash).find(({ suite }) => suite === shared.suite);
  if (held === undefined) return { kind: "refused", fault: "notMine" };
  const { taskId, validator, epoch } = signed.ask;
  // Only whoever has a task's key shares it out: that a share opens is its client's consent.
  const share = await openShare(shared, { guard: self, privateKey: held.privateKey, aead: nodeAead });
  const drawn = (await parts.drawnFor(epoch)).get(setEntryId(taskId));
  const fault = openingFault(signed, shared, {
    ...{ domain, mayOpen: share !== undefined, nowSeconds: nowSeconds() },
    drawnFor: () => (drawn === undefined ? [] : [drawn]),
    setHash: await ownSetHash(parts, { epoch, named: shared.setHash }),
  });
  if (fault !== undefined || share === undefined) return { kind: "refused", fault: fault ?? "mayNotOpen" };
  // A validator that asks again, since an answer was lost, is one release.
  if (log.find({ taskId, validator }) === undefined) {
    await log.append({ taskId, validator, epoch, at: Math.floor(nowSeconds()) });
  }
  const sent = await sealReleasedShare(signed.ask, { guard: self, share, aead: nodeAead });
  return { kind: "released", sent };
}

/** The set that a key was shared to, where this guard sat in it and it is of the task's time; else the epoch's. */
async function ownSetHash(
  { readGuardSet, self }: Pick<OpeningDeskParts, "readGuardSet" | "self">,
  { epoch, named }: { readonly epoch: number; readonly named: Bytes32 },
): Promise<Bytes32> {
  const epochs = Array.from({ length: SETS_BEFORE + 1 }, (_, back) => epoch - back).filter((one) => one >= 0);
  const sets = await Promise.all(epochs.map((one) => readGuardSet(one)));
  const own = sets.filter(({ members }) => members.some(({ guard }) => guard === self)).map(guardSetHash);
  return own.find((hash) => hash === named) ?? own[0] ?? LOST;
}

/** No set has it. */
const LOST: Bytes32 = `0x${"00".repeat(32)}`;
