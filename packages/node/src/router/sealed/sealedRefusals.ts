import type { Refusal } from "@cortensor/api";
import type { SealSuite } from "@cortensor/protocol";
import type { SeatOffer } from "../minerSeat.js";
import { UNCLAIMED_CLIENT_MAX } from "./heldTasks.js";

/** What a router finds wrong with an envelope by its head alone. */
export type EnvelopeFault =
  | "otherTask"
  | "otherSuite"
  | "otherMiner"
  | "otherReader"
  | "noShares"
  | "shares"
  | "badShares";

export const NO_SEALING: Refusal = {
  code: "session_unsupported",
  message: "This router takes no sealed tasks.",
};

/** No miner of the model shows prekeys, or none of the suite: no other suite is given in its place. */
export function refuseSuite(offers: readonly SeatOffer[], suite: SealSuite): Refusal | undefined {
  if (offers.some(({ seat }) => seat.prekeys.suites.has(suite))) return undefined;
  const message = offers.some(({ seat }) => seat.prekeys.suites.size > 0)
    ? `No miner of this model has a prekey of the suite '${suite}' here now.`
    : "No miner of this model takes sealed tasks here now.";
  return { code: "no_miner", message };
}

/** Without a place for samples none can be opened. */
export const NO_SAMPLES: Refusal = {
  code: "session_unsupported",
  message: "The session asks for 'auditMode' auditable, which this router can't serve yet.",
};

/** Each assignment keeps a miner's place until its envelope comes. */
export const UNCLAIMED: Refusal = {
  code: "overloaded",
  message: `As many of this client's assignments wait for their envelopes as may: ${UNCLAIMED_CLIENT_MAX}.`,
  retryAfterSeconds: 1,
};

const FAULTS: Readonly<Record<EnvelopeFault, string>> = {
  otherTask: "The envelope is of another task.",
  otherSuite: "The envelope is of another suite than the assignment was asked for.",
  otherMiner: "The envelope isn't sealed to the miner of the assignment.",
  otherReader: "The envelope is sealed to a miner that isn't among the assignment's standbys.",
  noShares: "The answer is audited by opening samples: its key must come shared out among the guards.",
  shares: "The answer isn't audited by opening samples: its key must not come shared out.",
  badShares: "The shared key is of another task, or has another threshold than its guards need.",
};

export function envelopeRefusal(fault: EnvelopeFault): Refusal {
  return { code: "envelope_refused", message: FAULTS[fault] };
}
