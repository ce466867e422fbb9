import { createMetrics } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createGuardServer, type GuardGateway } from "../src/index.js";

const guard = `0x${"aa".repeat(20)}` as const;
const shown = { guard, root: `0x${"01".repeat(32)}`, signature: `0x${"02".repeat(64)}` } as const;
const range = { subjectChainId: 31_337, fromEpoch: 6, epoch: 7, count: 2, merkleRoot: `0x${"03".repeat(32)}` } as const;
const proof = { parts: { kind: "dutyPay", ...range }, path: [`0x${"04".repeat(32)}`] } as const;
const gateway: GuardGateway = {
  guard,
  findAttestations: ({ subjectChainId, kind, epoch }) =>
    subjectChainId === 31_337 && kind === "results" && epoch === 7 ? [shown] : [],
  findRoots: ({ source, epoch }) => (source === "outbox.900.31337" ? (epoch === 7 ? [shown] : []) : undefined),
  findVirtualBlock: (epoch) => (epoch === 7 ? Uint8Array.of(1, 2, 3) : undefined),
  findDutyPay: (validator) => (validator === guard ? [{ validator, earnedWei: 2n ** 90n, ...proof }] : []),
  health: () => ({ live: true, ready: true, reasons: [] }),
};

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});
async function serve(): Promise<string> {
  const server = createGuardServer({ gateway, metrics: createMetrics() });
  close = async () => void (await server.close());
  return server.listen({ host: "127.0.0.1", port: 0 });
}

describe("a guard's server", () => {
  it("shows the signatures of one key, and none where it knows of none", async () => {
    const url = await serve();
    const key = { subjectChainId: 31_337, kind: "results", epoch: 7 };
    const found = await fetch(`${url}/v1/attestations/31337/results/7`);
    expect([found.status, await found.json()]).toEqual([200, { ...key, signatures: [shown] }]);
    const none = await (await fetch(`${url}/v1/attestations/31337/results/8`)).json();
    expect(none).toEqual({ ...key, epoch: 8, signatures: [] });
  });

  it("shows the signatures of a source on another chain, and says which it doesn't follow", async () => {
    const url = await serve();
    const found = await fetch(`${url}/v1/roots/outbox.900.31337/7`);
    const key = { source: "outbox.900.31337", epoch: 7 };
    expect([found.status, await found.json()]).toEqual([200, { ...key, signatures: [shown] }]);
    const other = await fetch(`${url}/v1/roots/outbox.901.31337/7`);
    expect([other.status, await other.json()]).toMatchObject([404, { code: "source_not_found" }]);
    expect((await fetch(`${url}/v1/roots/outbox.900.31337/x`)).status).toBe(400);
  });

  it("shows a virtual block's bytes by its epoch", async () => {
    const url = await serve();
    const found = await fetch(`${url}/v1/virtual-blocks/7`);
    expect(found.headers.get("content-type")).toBe("application/octet-stream");
    expect(Buffer.from(await found.arrayBuffer())).toEqual(Buffer.of(1, 2, 3));
    const none = await fetch(`${url}/v1/virtual-blocks/8`);
    expect([none.status, await none.json()]).toMatchObject([404, { code: "virtual_block_not_found" }]);
  });

  it("shows what a validator has earned, with its proof, and nothing for who earned nothing", async () => {
    const url = await serve();
    const found = await (await fetch(`${url}/v1/duty-pay/${guard.toUpperCase().replace("0X", "0x")}`)).json();
    const earned = { earnedWei: "1237940039285380274899124224", ...range, path: proof.path };
    expect(found).toEqual({ validator: guard, proofs: [earned] });
    const other = `0x${"bb".repeat(20)}`;
    expect(await (await fetch(`${url}/v1/duty-pay/${other}`)).json()).toEqual({ validator: other, proofs: [] });
  });

  it.each([
    "/v1/attestations/x/results/7",
    "/v1/attestations/31337/blocks/7",
    "/v1/attestations/31337/1/7",
    "/v1/attestations/31337/results/07",
    "/v1/attestations/31337/results/-1",
    "/v1/attestations/31337/results/9007199254740993",
    "/v1/virtual-blocks/1e3",
    "/v1/duty-pay/0xaa",
  ])("refuses %s", async (path) => {
    const answer = await fetch(`${await serve()}${path}`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: "invalid_value" }]);
  });

  it("has health, readiness and metrics", async () => {
    const url = await serve();
    for (const path of ["/health", "/ready", "/metrics"]) expect((await fetch(`${url}${path}`)).status).toBe(200);
  });
});
