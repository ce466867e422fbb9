import { assert, type Bytes32 } from "@cortensor/protocol";
import { type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { POLL_MS } from "./chainReader.js";
import { findCause } from "./findCause.js";
import { type Flight, isKnown, type Launcher, raise, relaunch } from "./flight.js";
import { type Move, nextMove } from "./nextMove.js";
import { raiseBlocker } from "./raiseBlocker.js";
import { RpcSilence } from "./rpcEndpoint.js";

/** Pause between two looks at more than the newest version's receipt. */
const LOOK_MS = 3_000;

export type FlightEnd =
  | { readonly kind: "mined"; readonly receipt: TransactionReceipt }
  /** Another transaction used its nonce: it was not done, and never will be. */
  | { readonly kind: "displaced" }
  | { readonly kind: "unconfirmed"; readonly txHash: Bytes32; readonly waitedMs: number };

/** How a flight is followed. `isUnderWay` tells which nonces of the account have followers of their own. */
export type Following = {
  readonly launcher: Launcher;
  readonly nowMs: () => number;
  readonly isUnderWay: (nonce: number) => boolean;
};

/**
 * Follows a flight to its end: finds the receipt of any of its versions, sends it again when it was forgotten, and raises it,
 * or what stands before it, when it is stuck. An RPC's silence is waited out, up to the flight's time-out.
 */
export async function followFlight(
  following: Following,
  { flight: launched, startedMs }: { readonly flight: Flight; readonly startedMs: number },
): Promise<FlightEnd> {
  const { launcher, nowMs } = following;
  let state = { flight: launched, sentMs: startedMs, wasDisplaced: false };
  let lookedMs = startedMs;
  for (;;) {
    const isLook = state.wasDisplaced || nowMs() - lookedMs >= LOOK_MS;
    const { flight } = state;
    // Before the receipts: what used the nonce by then has its receipt, if it is one of ours.
    const minedNonces = isLook ? await unlessSilent(readMinedNonces(launcher)) : undefined;
    const receipt = await findReceipt(launcher, isLook ? flight.versions : flight.versions.slice(-1));
    if (receipt !== undefined) return { kind: "mined", receipt };
    if (isLook) {
      lookedMs = nowMs();
      const ageMs = lookedMs - startedMs;
      const move = await chooseMove(launcher, state, { minedNonces, ageMs, waitedMs: lookedMs - state.sentMs });
      if (move === "displaced") return { kind: "displaced" };
      if (move === "giveUp") return { kind: "unconfirmed", txHash: newestHash(flight), waitedMs: ageMs };
      state = {
        flight: await make(following, { move, flight, minedNonces }),
        sentMs: move === "wait" ? state.sentMs : lookedMs,
        wasDisplaced: minedNonces !== undefined && minedNonces > flight.nonce,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function chooseMove(
  launcher: Launcher,
  { flight, wasDisplaced }: { readonly flight: Flight; readonly wasDisplaced: boolean },
  seen: { readonly minedNonces: number | undefined; readonly ageMs: number; readonly waitedMs: number },
): Promise<Move> {
  const known = await unlessSilent(isKnown(launcher.client, newestHash(flight)));
  const { nonce } = flight;
  return nextMove({ ...seen, nonce, wasDisplaced, isKnown: known ?? true, minedNonces: seen.minedNonces ?? nonce });
}

/** Makes a move; the flight as it is then. One that fails is made again, or another in its place, after a while. */
async function make(
  { launcher, isUnderWay }: Following,
  made: { readonly move: Move; readonly flight: Flight; readonly minedNonces: number | undefined },
): Promise<Flight> {
  const { move, flight, minedNonces } = made;
  try {
    if (move === "raise") return await raise(launcher, flight);
    if (move === "relaunch") await relaunch(launcher, flight);
    if (move === "raiseBlocker" && minedNonces !== undefined && !isUnderWay(minedNonces)) {
      await raiseBlocker(launcher, minedNonces);
    }
  } catch {
    return flight;
  }
  return flight;
}

async function readMinedNonces({ client, signer }: Launcher): Promise<number> {
  return client.getTransactionCount({ address: signer.address, blockTag: "latest" });
}

/** Newest version first. */
async function findReceipt(
  { client }: Launcher,
  versions: Flight["versions"],
): Promise<TransactionReceipt | undefined> {
  for (const { hash } of [...versions].reverse()) {
    const receipt = await unlessSilent(
      client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      }),
    );
    if (receipt !== undefined) return receipt;
  }
  return undefined;
}

function newestHash({ versions }: Flight): Bytes32 {
  const newest = versions.at(-1);
  assert(newest !== undefined, "a flight that is followed was sent");
  return newest.hash;
}

async function unlessSilent<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (findCause(error, (inner) => inner instanceof RpcSilence) === undefined) throw error;
    return undefined;
  }
}
