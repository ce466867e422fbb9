import { randomBytes } from "node:crypto";
import {
  buildDeposit,
  connectSolana,
  type DepositOrder,
  hexToSolanaKey,
  makeEscrow,
  makeEscrowKeepers,
  parseSolanaKey,
  type SolanaCluster,
  type SolanaVault,
  sendSolana,
  solanaKeyToHex,
} from "@cortensor/chain";
import type { Hex } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import { LOCAL_COR_DECIMALS, type RunningSvm, startSvm } from "../src/index.js";

/** Slots after which whatever stands now is final. */
export const FINAL_SLOTS = 33;
const START_MS = 1_700_000_000_000;

/** A cluster with five guards who keep a vault, and a client with lamports and COR. Slots come by `advance` alone. */
export type SolanaWorld = {
  readonly svm: RunningSvm;
  readonly cluster: SolanaCluster;
  readonly guards: readonly KeyPairSigner[];
  /** The guards' multisig: four of five. */
  readonly keepers: KeyPairSigner;
  readonly vault: SolanaVault;
  readonly client: KeyPairSigner;
  send(instructions: readonly Instruction[], payer?: KeyPairSigner): Promise<Hex>;
  deposit(order?: Partial<Omit<DepositOrder, "vault" | "from">>): Promise<Hex>;
  /** Makes all that stands final. */
  settle(): void;
};

export async function startCluster(): Promise<RunningSvm> {
  return startSvm({
    port: 0,
    seed: new Uint8Array(randomBytes(32)),
    clock: createManualClock(START_MS),
    hasAirdrops: true,
    isTicking: false,
    onError: (error) => {
      throw error;
    },
  });
}

export async function startSolanaWorld(): Promise<SolanaWorld> {
  const svm = await startCluster();
  const cluster = await connectSolana({ url: svm.url, genesisHash: parseSolanaKey(svm.genesisHash) });
  const [client, keepers, account, ...guards] = await Promise.all(Array.from({ length: 8 }, generateKeyPairSigner));
  if (client === undefined || keepers === undefined || account === undefined) throw new Error("eight keys were made");
  await svm.faucet.giveLamports(client.address, 1_000_000_000n);
  await svm.faucet.giveCor(client.address, 1_000_000_000_000n);
  const send = async (instructions: readonly Instruction[], payer = client): Promise<Hex> => {
    const { signature } = await sendSolana(cluster, { payer, instructions });
    return signature;
  };
  const { mint } = svm.faucet;
  const members = { payer: client, keepers, guards: guards.map(({ address }) => address), quorum: 4 };
  svm.advance(FINAL_SLOTS);
  await send(await makeEscrowKeepers(cluster, members));
  await send(await makeEscrow(cluster, { payer: client, escrow: account, mint, keepers: keepers.address }));
  const vault: SolanaVault = {
    genesisHash: cluster.genesisHash,
    vault: solanaKeyToHex(account.address),
    mint: solanaKeyToHex(mint),
    decimals: LOCAL_COR_DECIMALS,
    chainId: 31_337,
    network: `0x${"5e".repeat(20)}`,
  };
  svm.advance(FINAL_SLOTS);
  let nonce = 0n;
  return {
    svm,
    cluster,
    guards,
    keepers,
    vault,
    client,
    send,
    async deposit(order = {}) {
      nonce += 1n;
      const to = { kind: "session", account: 7 } as const;
      return send(await buildDeposit({ vault, from: client, to, amount: 5n, nonce, ...order }));
    },
    settle: () => svm.advance(FINAL_SLOTS),
  };
}

/** The token account of an owner in base58, from a vault's words. */
export const vaultAddress = ({ vault }: SolanaVault) => hexToSolanaKey(vault);
