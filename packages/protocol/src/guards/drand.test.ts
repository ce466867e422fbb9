import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { hexToBytes } from "../bytes.js";
import type { Hex } from "../primitives.js";
import { drandRoundDue } from "./beacon.js";
import { openDrandRound, parseDrandKey } from "./drand.js";

const hex = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]*$/.test(value));
const vectors = z
  .object({
    networks: z.array(z.object({ compressedKey: hex, publicKey: hex })),
    due: z.array(z.object({ genesis: z.int(), periodSeconds: z.int(), time: z.int(), round: z.int() })),
    rounds: z.array(z.object({ network: z.int(), round: z.int(), compressed: hex, signature: hex, randomness: hex })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/drand.json", import.meta.url), "utf8")));
const keyAt = (place: number) => vectors.networks[place] ?? expect.unreachable();
const [quicknet = expect.unreachable()] = vectors.rounds;

describe("a round of drand", () => {
  it("is opened by its signature, as quicknet publishes it and as the contract takes it", () => {
    for (const { network, round, compressed, signature, randomness } of vectors.rounds) {
      const opened = openDrandRound(keyAt(network), { round, signature: hexToBytes(compressed) });
      expect(opened).toEqual({ round, randomness, signature });
    }
    expect(quicknet.randomness).toBe("0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd");
  });

  it("isn't opened as another round, of another network, or with any byte changed", () => {
    const signature = hexToBytes(quicknet.compressed);
    expect(openDrandRound(keyAt(0), { round: 1001, signature })).toBeUndefined();
    expect(openDrandRound(keyAt(1), { round: 1000, signature })).toBeUndefined();
    for (const place of [0, 1, 24, 47]) {
      for (const bit of [0x01, 0x20, 0x40, 0x80]) {
        const changed = signature.map((byte, index) => (index === place ? byte ^ bit : byte));
        expect(openDrandRound(keyAt(0), { round: 1000, signature: changed })).toBeUndefined();
      }
    }
  });

  it("isn't opened by what is no point, and is of a whole number from 1 on", () => {
    const infinity = new Uint8Array(48);
    infinity[0] = 0xc0;
    for (const signature of [infinity, new Uint8Array(48), new Uint8Array(47), new Uint8Array(96), new Uint8Array()])
      expect(openDrandRound(keyAt(0), { round: 1000, signature })).toBeUndefined();
    for (const round of [0, -1, 0.5, 2 ** 53])
      expect(openDrandRound(keyAt(0), { round, signature: hexToBytes(quicknet.compressed) })).toBeUndefined();
  });

  it("is due when it is the first at or after a time", () => {
    for (const { genesis, periodSeconds, time, round } of vectors.due)
      expect(drandRoundDue({ genesis, periodSeconds }, time)).toBe(round);
  });
});

describe("a key of drand", () => {
  it("is the same point in both forms", () => {
    for (const { compressedKey, publicKey } of vectors.networks) expect(parseDrandKey(compressedKey)).toBe(publicKey);
  });

  it("is refused when it is no point of its group", () => {
    const key = keyAt(0).compressedKey;
    for (const other of ["0x", key.slice(0, -2), `${key.slice(0, -2)}00`, `0xc0${"00".repeat(95)}`, "key"])
      expect(() => parseDrandKey(other)).toThrow(expect.objectContaining({ code: "PROTOCOL_BAD_KEY" }));
    const round = { round: 1000, signature: hexToBytes(quicknet.compressed) };
    for (const publicKey of ["0x", `0x${"00".repeat(256)}`, `${keyAt(0).publicKey.slice(0, -2)}00`] as const) {
      expect(() => openDrandRound({ publicKey: hex.parse(publicKey) }, round)).toThrow("PROTOCOL_BAD_KEY");
    }
  });
});
