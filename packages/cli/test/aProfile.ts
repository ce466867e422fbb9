import { type NetworkProfile, parseProfile } from "@cortensor/chain";

const CONTRACTS = [
  ...["modules", "cor", "messenger", "stakeVault", "stakeView", "registry", "sessions", "sessionPayment", "routerBond"],
  ...["rates", "compliance", "pause", "verifiers", "royalty", "setChallenges", "bondClaims", "nodeLevels", "guardSets"],
  ...["attestations", "beacons", "workRecords", "duties", "dutyPay", "stakeSlasher", "juries", "nodeWeights"],
  ...["nodePool", "networkTasks", "sessionQueue", "onboarding", "inferenceOracle", "prekeys", "grants"],
];

/** A network that stands nowhere. */
export function aProfile(): NetworkProfile {
  const addresses = CONTRACTS.map((name, at) => [name, `0x${(at + 1).toString(16).padStart(40, "0")}`]);
  const place = { name: "somewhere", chainId: 42, rpcUrls: ["http://127.0.0.1:1"], addresses };
  const times = { epochSeconds: 600, t0: 1_700_000_000, deployBlock: "1" };
  return parseProfile(JSON.stringify({ ...place, addresses: Object.fromEntries(addresses), ...times }));
}
