import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "../../api/test/openTestServer.js";
import { ACCOUNT, API_KEY, OPERATOR } from "../../api/test/testGateway.js";
import { createPurse } from "../src/createPurse.js";
import { createHttp } from "../src/http.js";
import { FRESH_SESSION_MS } from "../src/limits.js";
import type { WalletDesk } from "../src/wallet.js";

let open: TestServer & { url: string };
beforeEach(async () => {
  open = await openTestServer();
});
afterEach(() => open.server.close());

describe("a purse of a session that was just opened", () => {
  it("asks for access again while the router may not have seen the session", async () => {
    const asked = refuseAccess(2);
    const { purse } = aPurse();
    purse.useAccount(ACCOUNT);
    expect((await purse.access({})).bearer).toBe("bought");
    expect(asked()).toBe(3);
  });

  it("takes the refusal at its word once the router has had its time", async () => {
    const asked = refuseAccess(1);
    const { purse, clock } = aPurse();
    purse.useAccount(ACCOUNT);
    clock.nowMs += FRESH_SESSION_MS;
    await expect(purse.access({})).rejects.toMatchObject({ data: { status: 403, reason: "access_refused" } });
    expect(asked()).toBe(1);
  });
});

describe("a purse whose session's debits the router signs", () => {
  it.each(["delegated", "custodial"] as const)("signs none itself with custody %s", async (custody) => {
    const { lane } = open.gateway;
    open.gateway.lane = async (caller) => ({ ...(await lane(caller)), spentWei: 500n, custody });
    open.gateway.openAccess = async () => ({ kind: "opened", bearer: API_KEY });
    const { purse } = aPurse();
    purse.useAccount(ACCOUNT);
    expect(await purse.payLane({})).toBe(0n);
    expect(open.gateway.seen.debits).toEqual([]);
  });
});

function aPurse() {
  const clock = { nowMs: 1_000_000 };
  const desk: Pick<WalletDesk, "signAccess" | "signDebit"> = {
    signAccess: () => SIGNATURE,
    signDebit: () => SIGNATURE,
  };
  const purse = createPurse({
    http: createHttp({ baseUrl: open.url }),
    desk,
    readLaneAddress: async () => OPERATOR,
    nowMs: () => clock.nowMs,
  });
  return { purse, clock };
}

const SIGNATURE = `0x${"11".repeat(65)}` as const;

/** The router knows the session only after so many refusals. */
function refuseAccess(times: number): () => number {
  let asked = 0;
  open.gateway.openAccess = async () => {
    asked += 1;
    return asked <= times ? { kind: "refused", message: "unknown" } : { kind: "opened", bearer: "bought" };
  };
  return () => asked;
}
