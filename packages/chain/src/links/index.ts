export { deliverMessages, LINK_STATES, type LinkState, readLinkStates, retryMessage } from "./deliverMessages.js";
export { readHomeLinks } from "./homeLink.js";
export { type Link, type LinkEnd, type LinkEndPlace, openLinkEnd, wayOf } from "./link.js";
export {
  type LinkGuards,
  type OutboxEvent,
  postOutbox,
  readLinkGuards,
  readLinkSet,
  readOutboxEvents,
} from "./linkOutboxes.js";
export { parseLinks, type WayPlace } from "./linksFile.js";
export { readSent, readSentCount, type SentMessage } from "./readSent.js";
export { openTrialChain, TRIAL_COINS_WEI, TRIAL_POST, type TrialChain } from "./trialChain.js";
export { QUORUM_MESSENGER, SAME_CHAIN_MESSENGER, TRIAL_GUARDS } from "./trialContracts.js";
