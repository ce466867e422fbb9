import { describe, expect, it } from "vitest";
import { isLoopbackHost, isPrivateAddress } from "../../address/privateAddress.js";
import { findAddress } from "./findAddress.js";
import { OWN_POLICY, STRANGERS_POLICY } from "./sinkPolicy.js";

const NAME = { sink: "webhook x", host: "hook.example", tls: "verify" } as const;

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "not an address",
  ])("is private: %s", (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each(["1.1.1.1", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111", "2a00::1"])(
    "is public: %s",
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );
  it("is this machine's own, or isn't", () => {
    expect(["localhost", "127.0.0.2", "::1"].every(isLoopbackHost)).toBe(true);
    expect(["localhost.example", "10.0.0.1", "0x7f.1"].some(isLoopbackHost)).toBe(false);
  });
});

describe("where a sink's name leads", () => {
  const find = (addresses: readonly string[], over: object = {}) =>
    findAddress({ ...NAME, policy: STRANGERS_POLICY, resolve: async () => addresses, ...over });

  it("is the first of its addresses when all are public", async () => {
    expect(await find(["1.1.1.1", "2606:4700::1"])).toBe("1.1.1.1");
  });
  it("is refused when one of them is private, whichever", async () => {
    await expect(find(["1.1.1.1", "169.254.169.254"])).rejects.toMatchObject({
      data: { code: "SINK_ADDRESS_REFUSED", address: "169.254.169.254" },
    });
  });
  it("is refused as an address of this machine, without asking anybody", async () => {
    const resolve = () => Promise.reject(new Error("asked"));
    await expect(find([], { host: "127.0.0.1", resolve })).rejects.toMatchObject({ code: "SINK_ADDRESS_REFUSED" });
    await expect(find([], { host: "::1", resolve })).rejects.toMatchObject({ code: "SINK_ADDRESS_REFUSED" });
    expect(await find([], { host: "127.0.0.1", resolve, policy: OWN_POLICY })).toBe("127.0.0.1");
  });
  it("may be private where the operator allows it, and isn't reached in clear where it isn't", async () => {
    expect(await find(["10.0.0.1"], { policy: OWN_POLICY, tls: "off" })).toBe("10.0.0.1");
    await expect(find(["1.1.1.1"], { policy: OWN_POLICY, tls: "off" })).rejects.toMatchObject({
      code: "SINK_TARGET_REFUSED",
    });
  });
  it("is nowhere when its name has no address, or nobody knows", async () => {
    await expect(find([])).rejects.toMatchObject({ code: "SINK_UNREACHABLE", isRetryable: true });
    const resolve = () => Promise.reject(new Error("ENOTFOUND"));
    await expect(find([], { resolve })).rejects.toMatchObject({ code: "SINK_UNREACHABLE" });
  });
});
