import { expect, it } from "vitest";
import { CONFIRM_TIMEOUT_MS, type FlightFacts, nextMove, STUCK_MS } from "./nextMove.js";

const facts = (over: Partial<FlightFacts>): FlightFacts => ({
  nonce: 7,
  minedNonces: 7,
  wasDisplaced: false,
  isKnown: true,
  waitedMs: 0,
  ageMs: 0,
  ...over,
});

it("waits until a transaction is stuck, and then raises it", () => {
  expect(nextMove(facts({ waitedMs: STUCK_MS - 1 }))).toBe("wait");
  expect(nextMove(facts({ waitedMs: STUCK_MS }))).toBe("raise");
});

it("sends again what the node has forgotten, dear or not", () => {
  expect(nextMove(facts({ waitedMs: STUCK_MS, isKnown: false }))).toBe("relaunch");
});

it("raises what stands before it, not what waits behind", () => {
  expect(nextMove(facts({ minedNonces: 5, waitedMs: STUCK_MS }))).toBe("raiseBlocker");
});

it("takes a used nonce for the end only when a second look finds no receipt either", () => {
  expect(nextMove(facts({ minedNonces: 8 }))).toBe("wait");
  expect(nextMove(facts({ minedNonces: 8, wasDisplaced: true }))).toBe("displaced");
  expect(nextMove(facts({ minedNonces: 8, wasDisplaced: true, ageMs: CONFIRM_TIMEOUT_MS }))).toBe("displaced");
});

it("gives up at its time-out, whatever it is doing", () => {
  expect(nextMove(facts({ ageMs: CONFIRM_TIMEOUT_MS - 1, waitedMs: STUCK_MS }))).toBe("raise");
  expect(nextMove(facts({ ageMs: CONFIRM_TIMEOUT_MS, waitedMs: STUCK_MS }))).toBe("giveUp");
});
