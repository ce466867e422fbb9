import { QUANTISATION_UNKNOWN } from "@cortensor/engine";
import type { Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { answerOf } from "./challengeMiner.js";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat, SeatOffer } from "./minerSeat.js";
import { type Comparison, isDecided } from "./planVerification.js";

/** Time that a verified miner has to do another's probe again; one that is late is left out. */
const PEER_MS = 15_000;

/** Has verified miners of the same class, each of another owner, do a probe again: an honest engine gives the same tokens. */
export async function comparePeers(
  { board, clock, random }: { readonly board: MinerBoard; readonly clock: Clock; readonly random: () => number },
  asked: {
    readonly seat: MinerSeat;
    readonly offer: SeatOffer;
    readonly challenge: Bytes32;
    readonly answer: Bytes32;
  },
): Promise<Comparison> {
  const { seat, offer, challenge, answer } = asked;
  const { modelId, kernelClass } = offer.model;
  const probe = { kind: "probe", challenge, modelId, kernelClass } as const;
  const peers = [...peersOf(board, { seat, offer })];
  let comparison: Comparison = { same: 0, other: 0 };
  while (peers.length > 0 && !isDecided(comparison)) {
    const [peer] = peers.splice(Math.floor(random() * peers.length), 1);
    if (peer === undefined) break;
    const said = await answerOf(clock, { seat: peer.seat, offer: peer, probe, timeoutMs: PEER_MS });
    if (said.kind === "unverified") continue;
    const { same, other } = comparison;
    comparison = said.answer === answer ? { same: same + 1, other } : { same, other: other + 1 };
  }
  return comparison;
}

/** One of each owner; none whose engine can't say what it runs: what it answers can't be done again. */
function peersOf(
  board: MinerBoard,
  { seat, offer }: { readonly seat: MinerSeat; readonly offer: SeatOffer },
): Iterable<SeatOffer> {
  const { modelId, kernelClass } = offer.model;
  const ofOwner = new Map<string, SeatOffer>();
  for (const peer of board.modelOf(modelId)?.offers ?? []) {
    const isVerified = peer.kernelClass === kernelClass && peer.seat.verified?.kernelClass === kernelClass;
    const isReplayable = peer.model.quantisation !== QUANTISATION_UNKNOWN;
    if (isVerified && isReplayable && peer.seat.owner !== seat.owner) ofOwner.set(peer.seat.owner, peer);
  }
  return ofOwner.values();
}
