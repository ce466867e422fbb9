import { type Clock, runLoop } from "@cortensor/runtime";
import { type Address, createKeyPairSignerFromPrivateKeyBytes, generateKeyPairSigner, lamports } from "@solana/kit";
import { createFaucet, type Faucet } from "./faucet.js";
import { SLOTS_AT_ONCE_MAX } from "./limits.js";
import { serveRpc } from "./serveRpc.js";
import { type SlotRules, SOLANA_SLOTS } from "./slots.js";
import { SvmLedger } from "./svmLedger.js";

/** Lamports of the cluster's first account: a thousandth of what litesvm has to give. */
const FAUCET_LAMPORTS = 1_000_000_000_000n;

export type SvmOptions = {
  readonly port: number;
  /** 32 bytes that name the cluster, and make the faucet's key. */
  readonly seed: Uint8Array;
  readonly clock: Clock;
  readonly rules?: SlotRules;
  /** Whether `requestAirdrop` gives. */
  readonly hasAirdrops: boolean;
  /** Whether slots go by with the clock; else only `advance` makes them. */
  readonly isTicking: boolean;
  /** Programs beside Solana's own, which are there from the first slot on. */
  readonly programs?: readonly { readonly address: Address; readonly code: Uint8Array }[];
  readonly onError: (error: unknown) => void;
};

/** A running cluster of one machine. */
export type RunningSvm = {
  readonly url: string;
  readonly genesisHash: string;
  readonly faucet: Faucet;
  /** Makes slots. */
  advance(slots: number): void;
  /** A fork: what stands in slots after this one never was. */
  dropAfter(slot: number): void;
  slot(): number;
  stop(): Promise<void>;
};

/** Starts a real SVM behind Solana's JSON-RPC on 127.0.0.1. Whatever it holds is gone when it stops: the next one is another cluster. */
export async function startSvm(options: SvmOptions): Promise<RunningSvm> {
  const { clock, rules = SOLANA_SLOTS, seed, port, onError } = options;
  // The first slots are as if they had gone by, so that nothing stands in one that is final at once.
  const startMs = clock.nowMs() - rules.finalSlots * rules.slotMs;
  const cluster = new SvmLedger({ seed, startMs, rules });
  const payer = await createKeyPairSignerFromPrivateKeyBytes(seed);
  for (const { address, code } of options.programs ?? []) cluster.addProgram(address, code);
  cluster.advance(rules.finalSlots);
  cluster.fund(payer.address, lamports(FAUCET_LAMPORTS));
  const faucet = createFaucet({ cluster, payer, mint: await generateKeyPairSigner() });
  const airdrop = options.hasAirdrops ? (to: Address, amount: bigint) => faucet.giveLamports(to, amount) : undefined;
  const server = await serveRpc({ cluster, airdrop }, { port, onError });
  const ending = new AbortController();
  const tick = () => {
    const due = Math.floor((clock.nowMs() - startMs) / rules.slotMs) - cluster.slot;
    cluster.advance(Math.max(0, Math.min(due, SLOTS_AT_ONCE_MAX)));
  };
  const loop = { name: "slots", everyMs: rules.slotMs, clock, signal: ending.signal, work: tick, onError };
  const ticking = options.isTicking ? runLoop(loop) : Promise.resolve();
  return {
    url: server.url,
    genesisHash: cluster.genesisHash,
    faucet,
    advance: (slots) => cluster.advance(slots),
    dropAfter: (slot) => cluster.dropAfter(slot),
    slot: () => cluster.slot,
    async stop() {
      ending.abort();
      await Promise.all([ticking, server.close()]);
    },
  };
}
