import { QUANTISATION_UNKNOWN } from "@cortensor/engine";
import type { Address, Bytes32 } from "@cortensor/protocol";
import type { MinerBoard } from "./minerBoard.js";
import type { SeatOffer } from "./minerSeat.js";

type Seats = Pick<MinerBoard, "seats">;

/** The verified miners that could make an author's work again bit by bit: of its model and kernel class, and of another owner. */
export function checkersOf(board: Seats, { model, kernelClass, seat }: SeatOffer): readonly SeatOffer[] {
  const able = ableToCheck(board, model.modelId);
  return able.filter((offer) => offer.kernelClass === kernelClass && offer.seat.owner !== seat.owner);
}

/** The miners among these offers of one model whose work nobody there could check. */
export function uncheckable(board: Seats, offers: readonly SeatOffer[]): ReadonlySet<Address> {
  const [first] = offers;
  const ownersOf = new Map<Bytes32, Set<Address>>();
  for (const { kernelClass, seat } of first === undefined ? [] : ableToCheck(board, first.model.modelId)) {
    ownersOf.set(kernelClass, (ownersOf.get(kernelClass) ?? new Set()).add(seat.owner));
  }
  const isCheckable = (offer: SeatOffer): boolean => {
    const owners = ownersOf.get(offer.kernelClass);
    if (owners === undefined || !isRepeatable(offer)) return false;
    return owners.size > 1 || !owners.has(offer.seat.owner);
  };
  return new Set(offers.filter((offer) => !isCheckable(offer)).map(({ miner }) => miner));
}

function ableToCheck({ seats }: Seats, modelId: Bytes32): readonly SeatOffer[] {
  const able: SeatOffer[] = [];
  for (const seat of seats) {
    const offer = seat.offerOf(modelId);
    if (offer !== undefined && !seat.isGone && offer.isVerified && isRepeatable(offer)) able.push(offer);
  }
  return able;
}

/** Whether the engine scores given tokens, and says what it runs. */
function isRepeatable({ model }: SeatOffer): boolean {
  return model.canScore && model.quantisation !== QUANTISATION_UNKNOWN;
}
