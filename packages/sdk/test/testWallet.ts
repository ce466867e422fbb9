import { ACCOUNT, CHAIN_ID, OWNER_KEY, PAYMENT, REGISTRY } from "../../api/test/testGateway.js";
import type { Wallet } from "../src/index.js";

const zero = `0x${"00".repeat(20)}` as const;
/** The wallet of the test gateway's account. */
export const testWallet: Wallet = {
  privateKey: OWNER_KEY,
  account: ACCOUNT,
  deployment: {
    name: "test",
    chainId: CHAIN_ID,
    rpcUrls: ["http://127.0.0.1:9"],
    epochSeconds: 30,
    t0: 0,
    deployBlock: 0n,
    addresses: {
      modules: zero,
      cor: zero,
      messenger: zero,
      stakeVault: zero,
      stakeView: zero,
      registry: REGISTRY,
      sessions: zero,
      sessionPayment: PAYMENT,
      routerBond: zero,
      rates: zero,
      compliance: zero,
      pause: zero,
      verifiers: zero,
      royalty: zero,
      setChallenges: zero,
      bondClaims: zero,
      nodeLevels: zero,
      guardSets: zero,
      attestations: zero,
      beacons: zero,
      workRecords: zero,
      duties: zero,
      dutyPay: zero,
      juries: zero,
      stakeSlasher: zero,
      nodeWeights: zero,
      nodePool: zero,
      networkTasks: zero,
      sessionQueue: zero,
      inferenceOracle: zero,
    },
  },
};
