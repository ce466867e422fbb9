import { orderDigest, readOrder, signOrder } from "@cortensor/chain";
import { type Address, type Bytes32, bytesToHex, type Hex, type OnboardingOrder } from "@cortensor/protocol";
import type { CallOptions, Http } from "../http.js";
import { SdkError } from "../sdkError.js";
import type { WalletDesk } from "../wallet.js";
import { pause } from "../watchNetwork.js";
import { makeOrder, type OnboardRequest } from "./makeOrder.js";
import { type OnboardingOffer, type OrderState, onboardingOffer, orderState } from "./onboardingShapes.js";

const PATH = "/api/v1/onboarding";
/** Pause between two looks at how far an order is. */
const POLL_MS = 1_000;

export type OnboardOptions = CallOptions & {
  /** Called with each state that the router tells, when it is another. */
  readonly onState?: (state: OrderState) => void;
};

/** A session that a wallet has by one signature. */
export type Onboarded = {
  readonly digest: Bytes32;
  /** Zero where no session could be opened: then the coins are the wallet's own on the serving chain. */
  readonly account: number;
  /** What the router says of it, and what it cost it. */
  readonly state: OrderState;
};

export type OnboardParts = {
  readonly http: Http;
  readonly desk: Pick<WalletDesk, "chain">;
  readonly privateKey: Hex;
  readonly readRouter: (bounds: CallOptions) => Promise<Address>;
  readonly nowMs: () => number;
};

export async function fetchOffer(http: Http, bounds: CallOptions): Promise<OnboardingOffer> {
  return (await http.json({ path: PATH, ...bounds }, onboardingOffer)).value;
}

/**
 * Signs once, hands the order to the router, and waits until the serving chain itself shows the session. Throws what the router refuses with;
 * SDK_ORDER_FAILED where it gave up. What it says is believed of how far the order is alone: it can alter nothing that was signed.
 */
export async function onboard(
  parts: OnboardParts,
  request: OnboardRequest,
  { onState = () => undefined, ...bounds }: OnboardOptions,
): Promise<Onboarded> {
  const { http, desk, privateKey, nowMs } = parts;
  const [offer, router] = await Promise.all([fetchOffer(http, bounds), parts.readRouter(bounds)]);
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const of = { offer, router, owner: desk.chain.account, nonce, nowSeconds: Math.floor(nowMs() / 1_000) };
  const order = makeOrder(request, of);
  const signed = { order, signature: await signOrder(order, privateKey) };
  const state = await bring(http, signed, { onState, bounds });
  const digest = orderDigest(order);
  if (state.state === "failed") throw new SdkError({ code: "SDK_ORDER_FAILED", digest, reason: state.reason ?? "" });
  const { taker: onboarding, cor } = request.serving;
  const seen = await readOrder(desk.chain.client, { onboarding, cor, digest });
  if (seen.state === "none") {
    const problem = "says of an order that it is done, which the chain doesn't know";
    throw new SdkError({ code: "SDK_BAD_ANSWER", url: PATH, problem });
  }
  return { digest, account: seen.account, state };
}

type Signed = { readonly order: OnboardingOrder; readonly signature: Hex };

/** Hands it in, and again to a router that began anew and knows nothing of it: an order is never brought twice. */
async function bring(
  http: Http,
  signed: Signed,
  { onState, bounds }: { readonly onState: (state: OrderState) => void; readonly bounds: CallOptions },
): Promise<OrderState> {
  const submit = async () => (await http.json({ path: PATH, body: signed, ...bounds }, orderState)).value;
  const path = `${PATH}/${orderDigest(signed.order)}`;
  const look = async () => {
    try {
      return (await http.json({ path, ...bounds }, orderState)).value;
    } catch (error) {
      if (error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.reason === "order_not_found")
        return submit();
      throw error;
    }
  };
  let told: string | undefined;
  let state = await submit();
  for (;;) {
    const now = `${state.state} ${state.steps.length} ${state.reason ?? ""}`;
    if (now !== told) onState(state);
    told = now;
    if (state.endedAtMs !== undefined) return state;
    await pause(POLL_MS, bounds.signal);
    state = await look();
  }
}
