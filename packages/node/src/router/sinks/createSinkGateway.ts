import type { Caller, SinkGateway, SinkOutcome, SinkView } from "@cortensor/api";
import {
  checkSinkTarget,
  nameOfTarget,
  parseSinkTarget,
  SINKS_MAX,
  SinkError,
  type SinkErrorData,
  type SinkTarget,
} from "@cortensor/data";
import type { Clock } from "@cortensor/runtime";
import type { SessionBook } from "../sessionBook.js";
import type { SinkDesk } from "./sinkDesk.js";

/** A session's sink, for its owner: behind an API key stands one customer, and the sink gets every customer's tasks. */
export function createSinkGateway(parts: {
  readonly desk: SinkDesk | undefined;
  readonly sessions: Pick<SessionBook, "find" | "termsOf">;
  readonly clock: Pick<Clock, "nowMs">;
}): SinkGateway {
  const { desk, sessions, clock } = parts;
  return {
    async set(caller, text) {
      if (!isOwner(caller)) return FORBIDDEN;
      if (desk === undefined) return refused("This router keeps no sinks.");
      const { account } = caller;
      const session = await sessions.find(account);
      const terms = await sessions.termsOf(account);
      if (session === undefined || terms === undefined) return refused(`Account ${account} has no lane here.`);
      if (terms.privacy !== "open")
        return refused(`The router can't read a ${terms.privacy} session: its sink runs at the client.`);
      const { sinks, book } = desk;
      if (book.size >= SINKS_MAX && book.sessionOf(account) === undefined) {
        return refused(`This operator serves ${SINKS_MAX} sinks already.`);
      }
      const read = await readTarget(text, sinks);
      if (read.kind === "refused") return read;
      const { target } = read;
      const kept = { session: session.session, account, kind: target.kind, name: nameOfTarget(target) };
      const sealed = sinks.vault.seal(session.session, text);
      await sinks.store.put({ ...kept, sealed, setAtMs: clock.nowMs() });
      await book.refresh();
      return shown(await viewOf(desk, account));
    },
    async show(caller) {
      if (!isOwner(caller)) return FORBIDDEN;
      return shown(desk && (await viewOf(desk, caller.account)));
    },
    async remove(caller, { discards }) {
      if (!isOwner(caller)) return FORBIDDEN;
      const session = desk?.book.sessionOf(caller.account);
      if (desk === undefined || session === undefined) return { kind: "unset" };
      const { sinks, book } = desk;
      await sinks.store.remove(session);
      await book.refresh();
      const { records } = await sinks.outbox.status(session);
      const discarded = discards ? await sinks.outbox.discard(session) : 0;
      return { kind: "removed", discarded, waiting: discards ? 0 : records };
    },
  };
}

function isOwner({ keyHash }: Caller): boolean {
  return keyHash === undefined;
}

const FORBIDDEN = { kind: "forbidden" } as const;

function refused(message: string): Extract<SinkOutcome, { kind: "refused" }> {
  return { kind: "refused", message };
}

function shown(sink: SinkView | undefined): SinkOutcome {
  return sink === undefined ? { kind: "unset" } : { kind: "shown", sink };
}

async function readTarget(
  text: string,
  { policy }: SinkDesk["sinks"],
): Promise<{ readonly kind: "read"; readonly target: SinkTarget } | Extract<SinkOutcome, { kind: "refused" }>> {
  try {
    const target = parseSinkTarget(text);
    await checkSinkTarget(target, { policy });
    return { kind: "read", target };
  } catch (error) {
    if (error instanceof SinkError) return refused(reasonOf(error.data));
    throw error;
  }
}

/** Kind, place and reason: nothing of what was given. */
function reasonOf(fault: SinkErrorData): string {
  switch (fault.code) {
    case "SINK_BAD_TARGET":
      return `The target can't be read: ${fault.reason}.`;
    case "SINK_TARGET_REFUSED":
    case "SINK_UNREACHABLE":
      return `${fault.sink} can't be written to from here: ${fault.reason}.`;
    case "SINK_ADDRESS_REFUSED":
      // Where a name leads here is not a stranger's to learn.
      return `${fault.sink} leads to an address that isn't written to from here.`;
    default:
      return `The target is refused: ${fault.code}.`;
  }
}

async function viewOf(desk: SinkDesk, account: number): Promise<SinkView | undefined> {
  const { book, sinks } = desk;
  const target = book.targetOf(account);
  if (target === undefined) return undefined;
  const { session, kind, name, setAtMs } = target;
  const [{ records, deliveredThrough }, room] = await Promise.all([
    sinks.outbox.status(session),
    sinks.outbox.room(session),
  ]);
  const { state, fault } = book.stateOf(account);
  const lastError = fault ?? state?.lastError;
  return {
    ...{ session, kind, sink: name, setAtMs, deliveredThrough },
    phase: state?.phase ?? "elsewhere",
    waiting: records,
    isFull: room === "full",
    failures: state?.failures ?? 0,
    withheld: state?.withheld ?? 0,
    missing: state?.missing ?? 0,
    ...(lastError === undefined ? {} : { lastError }),
  };
}
