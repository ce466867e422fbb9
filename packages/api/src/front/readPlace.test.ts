import { describe, expect, it } from "vitest";
import { isNetworkSegment, readPlace } from "./readPlace.js";

describe("the place that a URL names", () => {
  it.each([
    ["/networks/a/v1/models?x=1", { kind: "network", name: "a", path: "/v1/models?x=1" }],
    ["/networks/a/v1/models/Qwen%2FQwen2.5", { kind: "network", name: "a", path: "/v1/models/Qwen%2FQwen2.5" }],
    ["/networks/a?x=/../b", { kind: "network", name: "a", path: "/?x=/../b" }],
    ["/networks/a/", { kind: "network", name: "a", path: "/" }],
    ["/networks/%61/v1", { kind: "network", name: "%61", path: "/v1" }],
    ["/networks", { kind: "list" }],
    ["/networks/", { kind: "list" }],
    ["/", { kind: "root", path: "/" }],
    ["/v1/models", { kind: "root", path: "/v1/models" }],
    ["/networksa/v1", { kind: "root", path: "/networksa/v1" }],
  ])("is read of %s", (url, place) => {
    expect(readPlace(url)).toEqual(place);
  });

  it.each([
    "/networks/a/../b/v1/models",
    "/networks/a/%2e%2e/b/v1/models",
    "/networks/a/.%2E/b/v1/models",
    "/networks/a/..%2fb/v1/models",
    "/networks/a%2f..%2fb/v1/models",
    "/networks/a/..%5cb/v1",
    "/networks/a/..\\b/v1",
    "/networks/a/./v1",
    "/networks/a//v1/models",
    "/networks//a/v1/models",
    "//networks/a/v1/models",
    "/networks/a/%2fnetworks/b/v1",
    "/networks/a/v1/models%00",
    "/networks/a/v1%23/models",
    "/networks/a/v1/%zz",
    "http://networks/a/v1/models",
    "*",
    "",
  ])("is none of %s", (url) => {
    expect(readPlace(url).kind).toBe("refused");
  });

  it("has a name that no URL writes in another way, and that no client takes for OpenAI's prefix", () => {
    expect(["local", "clinic-2", "3", "a".repeat(64)].filter(isNetworkSegment)).toHaveLength(4);
    expect(["", "-a", "A", "a.b", "a/b", "a b", "ä", "v1", "..", "a".repeat(65)].filter(isNetworkSegment)).toEqual([]);
  });
});
