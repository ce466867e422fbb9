import type { Logger } from "@cortensor/runtime";
import { silentLogger } from "@cortensor/runtime";
import { expect, it } from "vitest";
import { logRpcs } from "./logRpcs.js";

it("calls for a person when an RPC serves another chain, and warns of one that may come back", () => {
  const levels: string[] = [];
  const log: Logger = {
    ...silentLogger,
    info: () => levels.push("info"),
    warn: () => levels.push("warn"),
    error: () => levels.push("error"),
  };
  const { onRpc } = logRpcs(log);
  const rpc = "rpcUrls[0] https://rpc.example";
  onRpc?.({ rpc, verdict: { kind: "failed", reason: "no answer" } });
  onRpc?.({ rpc, verdict: { kind: "behind", blocks: 13n } });
  onRpc?.({ rpc, verdict: { kind: "wrongChain", actual: 1 } });
  onRpc?.({ rpc, verdict: { kind: "healthy" } });
  expect(levels).toEqual(["warn", "warn", "error", "info"]);
});
