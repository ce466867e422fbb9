/**
 * Every contract that holds COR, moves it, or computes an amount of it, what it inherits, and the libraries that it decides
 * with: paths below `contracts/src`, and the folder of `contracts/test` whose tests are about it. Not in the list: who somebody
 * is and how well it serves (`Registry`, `Verifications`, `VerifierList`, `NodeLevels`, `NodePool`, `NodeWeights`, `NetworkTasks`,
 * `Modules`) and what they decide with, the hooks that never refuse, the messenger, the session queue and the oracle; no coin and no
 * amount passes through them. Nor are examples. `Juries`, which holds what disputes put down, isn't tried yet, nor are `BridgedCor`, `SolanaTill`, `StakeMirror`,
 * and the libraries of orders and of proofs from below.
 */
export const MONEY_SOURCES = {
  "l1/Cor.sol": "Cor",
  "l1/CorVault.sol": "layers",
  "l1/ExitVault.sol": "exit",
  "l1/LastState.sol": "exit",
  "l1/StakeSlasher.sol": "StakeSlasher",
  "l1/StakeVault.sol": "StakeVault",
  "l2/StakeView.sol": "StakeView",
  "l2/guards/DutyPay.sol": "DutyPay",
  "l2/Sessions.sol": "Sessions",
  "l2/SessionPayment.sol": "SessionPayment",
  "l2/payment/Accounts.sol": "SessionPayment",
  "l2/payment/Coins.sol": "SessionPayment",
  "l2/payment/Keys.sol": "SessionPayment",
  "l2/payment/Payouts.sol": "SessionPayment",
  "l2/payment/SessionCredits.sol": "SessionPayment",
  "l2/RouterBond.sol": "RouterBond",
  "l2/BondClaims.sol": "BondClaims",
  "l2/SetChallenges.sol": "SetChallenges",
  "l2/Rates.sol": "Rates",
  "libraries/Batches.sol": "parity",
  "libraries/Checkpoints.sol": "BondClaims",
  "libraries/Chunks.sol": "SetChallenges",
  "libraries/CreditNotes.sol": "parity",
  "libraries/Credits.sol": "SessionPayment",
  "libraries/Debits.sol": "SessionPayment",
  "libraries/Exits.sol": "RouterBond",
  "libraries/Hooks.sol": "StakeVault",
  "libraries/Maturing.sol": "SessionPayment",
  "libraries/Offences.sol": "Offences",
  "libraries/Pools.sol": "StakeVault",
  "libraries/Receipts.sol": "BondClaims",
  "libraries/Settlements.sol": "SetChallenges",
  "libraries/Slashable.sol": "StakeVault",
  "libraries/SpendingKeys.sol": "SessionPayment",
  "libraries/Splits.sol": "parity",
  "onboarding/Onboarding.sol": "Onboarding",
  "onboarding/OnboardingTill.sol": "Onboarding",
};

/** The folder of tests that a mutant is tried with first. */
export function roomOf({ file }) {
  return MONEY_SOURCES[file.slice("contracts/src/".length)];
}

/** Tests of these contracts that are compiled apart from the others (`foundry.toml`, `rules`): with mutants they stand where the others do. */
const MOVED = [
  "DutyPay/",
  "Onboarding/",
  "exit/",
  "layers/CorLayers.sol",
  "layers/cor.t.sol",
  "layers/KeptMessenger.sol",
  "layers/LayerLink.sol",
  "messaging/ChainVm.sol",
  "messaging/SetPause.sol",
  "support/GuardVectors.sol",
].map((name) => [`contracts/test/${name}`, `contracts/rules/${name}`]);
export const MOVED_TESTS = MOVED.map(([, from]) => from);

/** Where a file stands among mutants. */
export function placeOf(file) {
  const moved = MOVED.find(([, from]) => file.startsWith(from));
  return moved === undefined ? file : moved[0] + file.slice(moved[1].length);
}

/** Where a file that stands there comes from. */
export function sourceOf(place) {
  const moved = MOVED.find(([to]) => place.startsWith(to));
  return moved === undefined ? place : moved[1] + place.slice(moved[0].length);
}
