import { quorumMessengerAbi } from "../generated/QuorumMessenger.js";

/** What every messenger of ours has: `QuorumMessenger`'s holds all of it. */
export const linkMessengerAbi = quorumMessengerAbi;
