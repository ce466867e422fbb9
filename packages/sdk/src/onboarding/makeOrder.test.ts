import type { Address } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { makeOrder, type OnboardRequest } from "./makeOrder.js";

const at = (byte: string): Address => `0x${byte.repeat(20)}`;
const from = { name: "base", chainId: 5, rpcUrls: [], cor: at("01"), taker: at("02") };
const serving = { name: "main", chainId: 7, rpcUrls: [], cor: at("03"), taker: at("04") };
const [sponsor, router, owner] = [at("05"), at("06"), at("07")];
const place = { name: "base", chainId: 5, cor: at("01"), taker: at("02") };
const offer = {
  ...{ sponsor, router, feeWei: 3n, depositMinWei: 1n, leftThisHour: 1, toChainId: 7, onboarding: at("04") },
  chains: [place],
};
const request: OnboardRequest = { from, serving, amountWei: 100n, feeMaxWei: 3n, params: { name: "mine" } };
const of = { offer, router, owner, nonce: `0x${"09".repeat(32)}` as const, nowSeconds: 1_000 };

describe("an order that a wallet signs", () => {
  it("names what the wallet knows, its own bound on the fee, and no key unless one was asked for", () => {
    expect(makeOrder(request, of)).toMatchObject({
      source: { chainId: 5, cor: at("01") },
      transfer: { from: owner, taker: at("02"), amountWei: 100n, deadline: 8_200 },
      terms: { toChainId: 7, onboarding: at("04"), sponsor, feeMaxWei: 3n, router, key: at("00") },
    });
  });

  it.each([
    ["the chain base", { ...offer, chains: [] }],
    ["COR on base", { ...offer, chains: [{ ...place, cor: at("aa") }] }],
    ["what takes coins on base", { ...offer, chains: [{ ...place, taker: at("aa") }] }],
    ["what opens sessions", { ...offer, onboarding: at("aa") }],
    ["what opens sessions", { ...offer, toChainId: 8 }],
    ["the operator", { ...offer, router: at("aa") }],
  ])("isn't made where a router's offer differs in %s", (differs, other) => {
    const made = () => makeOrder(request, { ...of, offer: other });
    expect(made).toThrow(expect.objectContaining({ data: { code: "SDK_FOREIGN_OFFER", differs } }));
  });

  it("isn't made for a fee that the wallet didn't allow", () => {
    const { feeMaxWei: _none, ...silent } = request;
    const refusal = { code: "SDK_FEE_ABOVE", wei: 3n, weiMax: 0n };
    expect(() => makeOrder(silent, of)).toThrow(expect.objectContaining({ data: refusal }));
  });
});
