import { formatConfig, loadConfig } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { routerConfig } from "./config.js";

const KEY = `0x${"42".repeat(32)}`;
const env = {
  ROUTER_PROFILE: "network.json",
  ROUTER_SIGNER_KEY: KEY,
  ROUTER_OPERATOR: `0x${"AB".repeat(20)}`,
  ROUTER_SPENDING_KEYS: KEY,
};

describe("the router's configuration", () => {
  it("loads with what must be given, and never prints a key", () => {
    const config = loadConfig(routerConfig, env);
    expect(config.operator).toBe(`0x${"ab".repeat(20)}`);
    expect(config.spendingKeys.expose()).toEqual([KEY]);
    expect(formatConfig(config).join("\n")).not.toContain("4242");
  });

  it("takes a share, and numbers that may be zero", () => {
    const config = loadConfig(routerConfig, { ...env, ROUTER_EXPLORATION: "0.25", ROUTER_HANDOVERS_MAX: "0" });
    expect(config).toMatchObject({ exploration: 0.25, handoversMax: 0 });
  });

  it("names every problem at once", () => {
    const load = () => loadConfig(routerConfig, { ROUTER_EXPLORATION: "1.5", ROUTER_HANDOVERS_MAX: "-1" });
    expect(load).toThrow(
      /ROUTER_PROFILE[\s\S]*ROUTER_SIGNER_KEY[\s\S]*ROUTER_OPERATOR[\s\S]*ROUTER_HANDOVERS_MAX[\s\S]*ROUTER_EXPLORATION/,
    );
  });
});
