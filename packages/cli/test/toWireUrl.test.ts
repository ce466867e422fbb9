import { describe, expect, it } from "vitest";
import { toWireUrl } from "../src/toWireUrl.js";

describe("where a router takes its miners", () => {
  it.each([
    ["http://10.0.0.5:8080", "ws://10.0.0.5:8080/wire"],
    ["https://router.example/", "wss://router.example/wire"],
    ["https://router.example/networks/clinic", "wss://router.example/networks/clinic/wire"],
    ["http://router.example/networks/clinic/", "ws://router.example/networks/clinic/wire"],
  ])("is below its address: %s", (router, wire) => {
    expect(toWireUrl(router)).toBe(wire);
  });
});
