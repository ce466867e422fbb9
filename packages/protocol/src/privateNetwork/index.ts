export {
  type DoorWord,
  type DoorWordFault,
  gateDomain,
  isDoorWord,
  type ReadDoorWord,
  readDoorWord,
  signDoorWord,
} from "./doorWord.js";
export { DOOR_WORD_SECONDS_MAX, ENROLMENTS_MAX, MEMBERS_MAX, PLAN_BYTES_MAX } from "./limits.js";
export { type ListedMember, type ListedPath, type MemberList, memberLeaf, memberList } from "./memberList.js";
export { isSteward, MEMBER_ROLES, type MemberRole, mayOpenSession, mayReadChain } from "./memberRole.js";
export { MemberStandings } from "./memberStandings.js";
export {
  formatNetworkPlan,
  listedMembers,
  type NetworkPlan,
  type NetworkTemplate,
  type PlannedMember,
  parseNetworkPlan,
  parseNetworkTemplate,
  plannedStewards,
  planOfTemplate,
} from "./networkPlan.js";
