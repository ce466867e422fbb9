import type { OnboardingState, OnboardingStep } from "@cortensor/api";
import { type ChainCall, ChainError, openCall, type SponsorChain, takeCall } from "@cortensor/chain";
import type { Hex, OnboardingOrder } from "@cortensor/protocol";
import type { SponsorParts } from "./sponsorDesk.js";

type Bringing = {
  readonly chain: SponsorChain;
  readonly signed: { readonly order: OnboardingOrder; readonly signature: Hex };
  /** Its coins were taken before, by whomever; or it is done without them. */
  readonly isTaken: boolean;
  readonly state: OnboardingState;
  readonly onState: (state: OnboardingState) => void;
};

/** Takes an order's coins, waits until they have crossed, and opens its session. Never rejects; ends with the signal, and the order waits. */
export async function bringOrder(parts: SponsorParts, bringing: Bringing): Promise<void> {
  const { clock, log, signal } = parts;
  const { onState } = bringing;
  let { state } = bringing;
  const move = (change: Partial<OnboardingState>): void => {
    state = { ...state, ...change };
    onState(state);
  };
  const pay = async (chain: SponsorChain, call: ChainCall): Promise<void> => {
    const sent = await chain.send(call);
    const step: OnboardingStep = { chain: chain.place.name, call: stepOf(call.call), ...sent };
    move({ steps: [...state.steps, step] });
  };
  try {
    if (!bringing.isTaken) await pay(bringing.chain, takeCall(bringing.signed, parts.feeWei));
  } catch (error) {
    log.warn("An order's coins could not be taken", { digest: state.digest }, error);
    return move({ state: "failed", reason: reasonOf(error), endedAtMs: clock.nowMs() });
  }
  move({ state: "crossing" });
  while (!signal.aborted && state.endedAtMs === undefined) {
    try {
      await openOnce(parts, { signed: bringing.signed, state, move, pay });
    } catch (error) {
      log.warn("An order's session could not be opened yet", { digest: state.digest }, error);
      move({ reason: reasonOf(error) });
    }
    if (state.endedAtMs === undefined) await clock.sleep(parts.pollMs, signal).catch(() => undefined);
  }
}

type Opening = Pick<Bringing, "signed" | "state"> & {
  readonly move: (change: Partial<OnboardingState>) => void;
  readonly pay: (chain: SponsorChain, call: ChainCall) => Promise<void>;
};

/** One look: done, or opened once the coins are there. */
async function openOnce(parts: SponsorParts, { signed, state, move, pay }: Opening): Promise<void> {
  const [serving] = parts.chains;
  const { terms, transfer } = signed.order;
  const { state: outcome, account, purseWei } = await serving.readOrder(state.digest);
  const endedAtMs = parts.clock.nowMs();
  if (outcome === "opened") return move({ state: "credited", account, endedAtMs });
  if (outcome === "paidOut") return move({ state: "paidOut", endedAtMs });
  if (purseWei === 0n || purseWei < transfer.amountWei - terms.feeMaxWei) return;
  const open = openCall(signed);
  const { costWei } = await serving.estimate(open);
  if (costWei > parts.costMaxWei) return move({ state: "opening", reason: "Opening it costs more than is paid now." });
  move({ state: "opening" });
  await pay(serving, open);
  await openOnce(parts, { signed, state, move, pay });
}

function stepOf(call: string): OnboardingStep["call"] {
  return call === "open" || call === "onboard" ? call : "take";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ChainError)) return "It failed here.";
  const { data } = error;
  return data.code === "CHAIN_REVERTED" ? `The chain refuses it: ${data.error}.` : "A chain can't be reached now.";
}
