import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { describeConfig, formatConfig, formatConfigHelp, loadConfig, type Parser } from "./config.js";
import {
  boolean,
  count,
  duration,
  hexBytes,
  hexKey,
  list,
  oneOf,
  path,
  port,
  positiveInt,
  secret,
  text,
  url,
  wei,
} from "./parsers.js";
import { Secret } from "./secret.js";

const KEY = `0x${"a1".repeat(32)}`;
const table = describeConfig({
  heartbeatMs: { env: "HEARTBEAT", parse: duration, fallback: 5_000, unit: "ms", says: "Time between heartbeats." },
  key: { env: "KEY", parse: hexKey, says: "Key that signs." },
  rpcUrl: { env: "RPC_URL", parse: url(), says: "Where the chain is." },
  home: { env: "HOME_FOLDER", parse: path, fallback: undefined, says: "Where data lies." },
});

describe("loadConfig", () => {
  it("parses what is given and falls back for the rest", () => {
    const config = loadConfig(table, { KEY, RPC_URL: "http://127.0.0.1:8545/" });
    expectTypeOf(config.heartbeatMs).toEqualTypeOf<number>();
    expectTypeOf(config.home).toEqualTypeOf<string | undefined>();
    expect(config).toMatchObject({ heartbeatMs: 5_000, rpcUrl: "http://127.0.0.1:8545", home: undefined });
    expect(config.key.expose()).toBe(KEY);
  });

  it("lists every problem at once and repeats no secret", () => {
    const env = { KEY: "hunter2", HEARTBEAT: "soon", RPC_URL: "" };
    expect(() => loadConfig(table, env)).toThrow(
      expect.objectContaining({
        code: "RUNTIME_BAD_CONFIG",
        data: {
          code: "RUNTIME_BAD_CONFIG",
          problems: [
            expect.stringContaining("HEARTBEAT: expected a duration"),
            expect.stringContaining("KEY: expected 0x and 64 hex digits"),
            expect.stringContaining("RPC_URL is missing. Where the chain is."),
          ],
        },
      }),
    );
    expect(() => loadConfig(table, env)).not.toThrow(/hunter2/);
  });

  it("prints its values with secrets redacted, and its help", () => {
    const config = loadConfig(table, { KEY, RPC_URL: "http://localhost" });
    expect(formatConfig(config)).toContain("key=[redacted]");
    expect(formatConfigHelp(table)).toEqual([
      "HEARTBEAT    Time between heartbeats. (5000 ms)",
      "KEY          Key that signs. (required)",
      "RPC_URL      Where the chain is. (required)",
      "HOME_FOLDER  Where data lies. (optional)",
    ]);
  });
});

describe("Secret", () => {
  it("prints in no way", () => {
    const wrapped = new Secret("hunter2");
    for (const shown of [`${wrapped}`, JSON.stringify({ wrapped }), inspect({ wrapped }), String(wrapped)])
      expect(shown).not.toContain("hunter2");
  });
});

describe("parsers", () => {
  it.each<[string, Parser<unknown>, string, unknown]>([
    ["positiveInt", positiveInt, "12", 12],
    ["count", count, "0", 0],
    ["count", count, "12", 12],
    ["port", port, "0", 0],
    ["port", port, "65535", 65_535],
    ["url", url("postgres"), "postgres://h/d", "postgres://h/d"],
    ["hexBytes", hexBytes(2), "0xABcd", "0xabcd"],
    ["duration", duration, "250ms", 250],
    ["duration", duration, "10m", 600_000],
    ["boolean", boolean, "1", true],
    ["boolean", boolean, "false", false],
    ["list", list(port), "1, 2,3", [1, 2, 3]],
    ["oneOf", oneOf("a", "b"), "b", "b"],
    ["wei", wei, "1000000000000000000000", 10n ** 21n],
    ["path", path, "/x/../y", "/y"],
    ["text", text, " as is ", " as is "],
  ])("%s reads what it should", (_, parse, given, expected) => {
    expect(parse(given)).toEqual(expected);
  });

  it.each<[string, Parser<unknown>, readonly string[]]>([
    ["positiveInt", positiveInt, ["0", "-1", "1.5", "1e3", "x", " 1", "9007199254740993"]],
    ["count", count, ["-1", "1.5", "1e3", "x", " 1", "", "9007199254740993"]],
    ["port", port, ["65536", "-1", "http"]],
    ["url", url("http", "https"), ["localhost", "ftp://x", "http//x"]],
    ["hexBytes", hexBytes(2), ["abcd", "0xabc", "0xabcg", "0xabcdef"]],
    ["duration", duration, ["5", "5 s", "-5s", "5w", "ms", "99999999999999999d"]],
    ["boolean", boolean, ["yes", "TRUE", "2"]],
    ["list", list(port), ["1,,2", "1,x", ","]],
    ["oneOf", oneOf("a", "b"), ["c", "A"]],
    ["wei", wei, ["1.5", "-1", "0x1", "1e18"]],
    ["secret", secret(positiveInt), ["x"]],
  ])("%s refuses the rest", (_, parse, refused) => {
    for (const given of refused) expect(() => parse(given), given).toThrow(/^expected /);
  });
});
