/** Members of one list, nodes with them: a path of twelve hashes, and a plan of a few hundred KB. */
export const MEMBERS_MAX = 4_096;
/** Enrolled by one transaction: some 12 M gas. */
export const ENROLMENTS_MAX = 256;
/** Teams of one network. Each is a budget of its own on the chain. */
export const TEAMS_MAX = 64;
/** Models and services of one network's allow-lists: each is a transaction when it is made. */
export const NETWORK_MODELS_MAX = 64;
export const SERVICES_MAX = 64;
export const REGIONS_MAX = 32;
/** A year: no budget's period and no access log is longer. */
export const PERIOD_SECONDS_MAX = 31_536_000;
/** Bytes of a plan's JSON: 4,096 members with subjects of their own. */
export const PLAN_BYTES_MAX = 2_097_152;
/** How long a member's signed word opens a door: long enough for a clock that is a little off, short enough for one that was stolen. */
export const DOOR_WORD_SECONDS_MAX = 3_600;
