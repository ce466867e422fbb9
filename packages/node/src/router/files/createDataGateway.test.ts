import type { DataDesk } from "@cortensor/data";
import { PLAIN_TERMS } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { createDataGateway } from "./createDataGateway.js";

const KEY = `0x${"4b".repeat(32)}` as const;
/** Nothing here asks it. */
const desk: DataDesk = Object.create(null);

function gatewayOf(privacy: "open" | "sealed" | "private" | undefined) {
  const termsOf = () => (privacy === undefined ? undefined : { ...PLAIN_TERMS, privacy });
  return createDataGateway({ sessions: { termsOf }, board: { cards: [] } }, { desk, onAttached: () => undefined });
}

describe("whose files a caller's are", () => {
  it("is each key's on an operator's session, and the session's on anybody else's", async () => {
    const gateway = gatewayOf("open");
    const idOf = async (custody: "custodial" | "delegated" | "self", keyHash?: typeof KEY) => {
      const whose = await gateway.ownerOf({ account: 7, custody, ...(keyHash === undefined ? {} : { keyHash }) });
      return whose.kind === "owner" ? whose.owner.id : whose.refusal.code;
    };
    expect(await idOf("custodial", KEY)).toBe(`client/${KEY}`);
    expect(await idOf("delegated", KEY)).toBe("client/7");
    expect(await idOf("self")).toBe("client/7");
  });

  it.each(["sealed", "private"] as const)("is refused by name in a %s session", async (privacy) => {
    const whose = await gatewayOf(privacy).ownerOf({ account: 7, custody: "self" });
    expect(whose).toMatchObject({ kind: "refused", refusal: { code: "session_unsupported" } });
    expect(whose.kind === "refused" && whose.refusal.message).toContain(`'${privacy}'`);
    expect(whose.kind === "refused" && whose.refusal.message).toContain("'file_search'");
  });

  it("isn't known while the session's terms aren't", async () => {
    expect(await gatewayOf(undefined).ownerOf({ account: 7, custody: "self" })).toMatchObject({
      refusal: { code: "overloaded" },
    });
  });
});
