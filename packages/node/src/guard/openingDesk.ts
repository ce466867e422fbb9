import type { OpeningDesk } from "@cortensor/api";
import type { DisputeRecord } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  type Eip712Domain,
  type GuardSet,
  guardSetHash,
  type HeldPrekey,
  type OpeningAsk,
  openingAskFault,
  openingFault,
  openShare,
  type SharedKey,
  sealReleasedShare,
  setEntryId,
  type UnixSeconds,
} from "@cortensor/protocol";
import { nodeAead, seatsOf } from "../host/index.js";
import type { OpeningLogBook } from "./openingLogBook.js";

/** Asks that wait at once: each costs a key agreement, and a few reads of the chain. */
const WAITING_MAX = 64;
/** A task is settled in the epoch that it was bound in, or one of the next. */
const SETTLED_WITHIN = 2;

/** What of a dispute says who may have a task opened. */
export type OpenedDispute = Pick<
  DisputeRecord,
  "taskId" | "opener" | "phase" | "validators" | "jurors" | "secondJurors"
>;

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
  /** Whom the beacon drew to have a task of an epoch that is over opened, by its id as the results root has it; empty while nobody can say. */
  readonly drawnFor: (epoch: number) => Promise<ReadonlyMap<Bytes32, Address>>;
  readonly readDispute: (number: number) => Promise<OpenedDispute | undefined>;
  readonly nowSeconds: () => UnixSeconds;
  /** The one that runs. */
  readonly epoch: () => number;
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
      // What an ask shows by itself takes no place among those that wait for the chain.
      const { domain, nowSeconds, epoch } = parts;
      const times = { domain, nowSeconds: nowSeconds(), epochNow: epoch() };
      const fault = openingAskFault(signed, shared, times);
      if (fault !== undefined) return { kind: "refused", fault };
      if (waiting >= WAITING_MAX) return { kind: "refused", fault: "busy" };
      waiting += 1;
      const released = last.then(() => release(parts, signed.ask, shared));
      last = released.catch(() => undefined);
      return released.finally(() => {
        waiting -= 1;
      });
    },
  };
}

async function release(
  parts: OpeningDeskParts,
  ask: OpeningAsk,
  shared: SharedKey,
): ReturnType<OpeningDesk["release"]> {
  const { self, prekeys, log, nowSeconds } = parts;
  const own = shared.shares.find(({ guard }) => guard === self);
  const held = own && prekeys.findPrekeys(own.bundleHash).find(({ suite }) => suite === shared.suite);
  if (held === undefined) return { kind: "refused", fault: "notMine" };
  const { taskId, validator, epoch, dispute } = ask;
  // Only whoever has a task's key shares it out: that a share opens is its client's consent.
  const share = await openShare(shared, { guard: self, privateKey: held.privateKey, aead: nodeAead });
  if (share === undefined) return { kind: "refused", fault: "mayNotOpen" };
  const drawn = dispute === 0 ? (await parts.drawnFor(epoch)).get(setEntryId(taskId)) : undefined;
  const seats = dispute === 0 ? undefined : await readSeats(parts, ask);
  const fault = openingFault(ask, shared, {
    drawnFor: () => (drawn === undefined ? [] : [drawn]),
    seatsOf: () => seats,
    setHash: await ownSetHash(parts, { epoch, isDispute: dispute !== 0, named: shared.setHash }),
  });
  if (fault !== undefined) return { kind: "refused", fault };
  // Who asks again, since an answer was lost, is one release.
  if (log.find({ taskId, validator, dispute }) === undefined) {
    await log.append({ taskId, validator, epoch, dispute, at: Math.floor(nowSeconds()) });
  }
  const sent = await sealReleasedShare(ask, { guard: self, share, aead: nodeAead });
  return { kind: "released", sent };
}

/** Who sits in a dispute over a result of the task that whom the beacon drew for it opened, while it goes on. Its own log says whom, or else the draw. */
async function readSeats(
  { log, readDispute, drawnFor, epoch: now }: OpeningDeskParts,
  { taskId, validator, epoch, dispute }: OpeningAsk,
): Promise<readonly Address[] | undefined> {
  const found = await readDispute(dispute);
  const id = setEntryId(taskId);
  if (found === undefined || found.taskId !== id || found.phase === "ended") return undefined;
  const seats = seatsOf(found);
  // Draws are looked up for a seat alone.
  if (!seats.includes(validator)) return seats;
  if (log.find({ taskId, validator: found.opener, dispute: 0 }) !== undefined) return seats;
  const last = Math.min(epoch + SETTLED_WITHIN, now() - 1);
  for (let settled = epoch; settled <= last; settled += 1) {
    if ((await drawnFor(settled)).get(id) === found.opener) return seats;
  }
  return undefined;
}

/** The set that a key was shared to, where this guard sat in it and it is of the task's time; else the epoch's. A judge names the epoch that the task was bound in, others that of its settlement. */
async function ownSetHash(
  { readGuardSet, self }: Pick<OpeningDeskParts, "readGuardSet" | "self">,
  { epoch, isDispute, named }: { readonly epoch: number; readonly isDispute: boolean; readonly named: Bytes32 },
): Promise<Bytes32> {
  const first = isDispute ? epoch + 1 : epoch;
  const epochs = Array.from({ length: first - epoch + SETTLED_WITHIN + 1 }, (_, back) => first - back).filter(
    (one) => one >= 0,
  );
  const sets = await Promise.all(epochs.map((one) => readGuardSet(one)));
  const own = sets.filter(({ members }) => members.some(({ guard }) => guard === self)).map(guardSetHash);
  return own.find((hash) => hash === named) ?? own[0] ?? LOST;
}

/** No set has it. */
const LOST: Bytes32 = `0x${"00".repeat(32)}`;
