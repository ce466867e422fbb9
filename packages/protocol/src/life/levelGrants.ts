import { ProtocolError } from "../errors.js";
import { LEVEL_MAX } from "../limits.js";

/** What depends on a node's level. */
export type LevelGrants = {
  /** Whether a node may be in the pool, and so be given sessions' tasks. A session's `sla` may ask for more: see `SERVICE_LEVELS`. */
  readonly mayEnterPool: boolean;
  /** Whether it may make and prepare the network's own tasks. */
  readonly mayCreate: boolean;
  /** Whether it may score the network's tasks and be drawn as a validator. */
  readonly mayValidate: boolean;
  /** Its part in what is emitted for useful work, as a weight among all nodes. */
  readonly emissionWeight: number;
};

/** Most that an engine gets which can't score given token ids: what it does can't be proved. It has no part in emissions either. */
export const UNPROVED_LEVEL_MAX = 3;

/** The table, by level: nothing is granted that the level below isn't. Validators are above whatever an unproved engine can reach. */
export const LEVEL_GRANTS: readonly LevelGrants[] = Array.from({ length: LEVEL_MAX + 1 }, (_, level) => ({
  mayEnterPool: level >= 1,
  mayCreate: level >= 2,
  mayValidate: level > UNPROVED_LEVEL_MAX,
  emissionWeight: level,
}));

/** What a level grants. Throws PROTOCOL_OUT_OF_RANGE for one that no node has. */
export function grantsOf(level: number): LevelGrants {
  const grants = LEVEL_GRANTS[level];
  if (grants !== undefined) return grants;
  const range = `0…${LEVEL_MAX}`;
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "level", value: String(level), range });
}
