import { quorumMessengerAbi, quorumMessengerBytecode } from "../generated/QuorumMessenger.js";
import { sameChainMessengerAbi, sameChainMessengerBytecode } from "../generated/SameChainMessenger.js";
import { trialGuardsAbi, trialGuardsBytecode } from "../generated/TrialGuards.js";

/** What trials of our own adapters deploy. */
export const QUORUM_MESSENGER = { abi: quorumMessengerAbi, bytecode: quorumMessengerBytecode } as const;
export const SAME_CHAIN_MESSENGER = { abi: sameChainMessengerAbi, bytecode: sameChainMessengerBytecode } as const;
export const TRIAL_GUARDS = { abi: trialGuardsAbi, bytecode: trialGuardsBytecode } as const;
