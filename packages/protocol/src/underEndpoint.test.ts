import { describe, expect, it } from "vitest";
import { underEndpoint } from "./underEndpoint.js";

describe("a path below a node's endpoint", () => {
  it.each([
    ["http://host:1", "http://host:1/v1/content"],
    ["https://host/", "https://host/v1/content"],
    ["http://host/networks/acme", "http://host/networks/acme/v1/content"],
    ["http://host/networks/acme//?x#y", "http://host/networks/acme/v1/content"],
  ])("keeps the endpoint's own path: %s", (endpoint, url) => {
    expect(underEndpoint(endpoint, "/v1/content")).toBe(url);
  });

  it.each(["", "host", "ftp://host", "javascript:alert(1)", "ws://host"])("is none of %s", (endpoint) => {
    expect(underEndpoint(endpoint, "/v1/content")).toBeUndefined();
  });
});
