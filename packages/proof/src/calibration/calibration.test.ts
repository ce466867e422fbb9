import type { Bytes32 } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WORK } from "../work/workKinds.js";
import type { Calibration, PairCalibration } from "./calibration.js";
import { calibrationHash, encodeCalibrationFile, parseCalibrationFile, signCalibration } from "./calibrationFile.js";
import { canonicalJson } from "./canonicalJson.js";
import { findPair, isLargeEnough, maySlash } from "./maySlash.js";

const KEY = `0x${"11".repeat(32)}` as const;
const A: Bytes32 = `0x${"aa".repeat(32)}`;
const B: Bytes32 = `0x${"bb".repeat(32)}`;

const runs = { sequences: 200, tokensLeast: 128, tokens: 25_600, families: 5, entropyNatsPerToken: 0.9 };
const aPair: PairCalibration = {
  minerClass: A,
  checkerClass: A,
  temperatureFrom: 0.5,
  temperatureTo: 1.5,
  falseAlarmsMax: 0.01,
  windows: [{ tokens: 64, meanMarginNats: 0.02, worstMarginNats: 0.9, outsideShare: 0, meanLogprobErrorNats: 0.01 }],
  cusum: { kappaNats: 0.01, alarmNats: 8, tokensBetween: 1_000_000 },
  held: { windows: 200, suspected: 1 },
  honest: runs,
  cheats: [
    {
      ...runs,
      name: "own seed",
      sequences: 100,
      windows: [
        {
          tokens: 64,
          windows: 200,
          marginArea: 1,
          logprobArea: 0.5,
          marginRoc: [
            { falseAlarms: 0, detection: 0.99 },
            { falseAlarms: 1, detection: 1 },
          ],
          detection: 1,
          detectionLow: 0.98,
          detectionHigh: 1,
        },
      ],
    },
  ],
};
const CALIBRATION: Calibration = {
  format: "cortensor-calibration-1",
  checkVersion: 1,
  model: "cortensor-5m",
  modelId: B,
  fileSha256: "0f".repeat(32),
  kernels: [
    {
      kernelClass: A,
      kernel: "cpu",
      committedFeeding: "stepwise",
      facts: [{ what: "threads", changesBits: false, tokens: 300 }],
    },
  ],
  pairs: [aPair],
};
const withPair = (changes: Partial<PairCalibration>): Calibration => ({
  ...CALIBRATION,
  pairs: [{ ...aPair, ...changes }],
});

describe("canonicalJson", () => {
  it("is one text, whatever the order of keys, and parses back to the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value as Parameters<typeof canonicalJson>[0]);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        const reversed = JSON.parse(JSON.stringify(value), (_key, inner) =>
          inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).reverse())
            : inner,
        );
        expect(canonicalJson(reversed)).toBe(text);
      }),
    );
    expect(canonicalJson({ b: [1e21, 0.1, "é"], a: null })).toBe('{"a":null,"b":[1e+21,0.1,"é"]}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError);
  });
});

describe("a calibration file", () => {
  it("comes back as it was signed, under the same hash", () => {
    const signed = signCalibration(CALIBRATION, KEY);
    const back = parseCalibrationFile(encodeCalibrationFile(signed));
    expect(back).toEqual(signed);
    expect(calibrationHash(back.calibration)).toBe(calibrationHash(CALIBRATION));
    expect(calibrationHash(withPair({ falseAlarmsMax: 0.02 }))).not.toBe(calibrationHash(CALIBRATION));
  });

  it("is refused when any figure was changed after signing", () => {
    const signed = signCalibration(CALIBRATION, KEY);
    const changed = { ...signed, calibration: withPair({ falseAlarmsMax: 0.5 }) };
    expect(() => parseCalibrationFile(encodeCalibrationFile(changed))).toThrow("the signature is not the signer's");
    const other = { ...signed, signer: `0x${"22".repeat(20)}` as const };
    expect(() => parseCalibrationFile(encodeCalibrationFile(other))).toThrow("the signature is not the signer's");
  });

  it.each([
    ["an unknown field", { ...CALIBRATION, extra: 1 }],
    ["another check", { ...CALIBRATION, checkVersion: 2 }],
    ["a share above 1", withPair({ falseAlarmsMax: 1.01 })],
    ["no window", withPair({ windows: [] })],
    ["a bucket upside down", withPair({ temperatureFrom: 1.6 })],
    ["a class that is none", withPair({ minerClass: "0x12" })],
  ])("is refused with %s", (_what, calibration) => {
    const signed = { ...signCalibration(CALIBRATION, KEY), calibration };
    expect(() => parseCalibrationFile(JSON.stringify(signed))).toThrow("PROOF_BAD_CALIBRATION");
  });

  it("is refused as other text", () => {
    expect(() => parseCalibrationFile("{")).toThrow("not JSON");
    expect(() => parseCalibrationFile(" ".repeat(4_194_305))).toThrow("more than");
  });
});

describe("slashing", () => {
  const pair = { minerClass: A, checkerClass: A, temperature: 1 };

  it("is possible with a calibration of the pair that is large enough", () => {
    expect(maySlash(WORK.chat, CALIBRATION, pair)).toEqual({ kind: "may" });
  });

  it("is impossible without a calibration of exactly this ordered pair and temperature", () => {
    const refused = { kind: "mayNot", why: "uncalibrated" };
    expect(maySlash(WORK.chat, undefined, pair)).toEqual(refused);
    expect(maySlash(WORK.chat, CALIBRATION, { ...pair, checkerClass: B })).toEqual(refused);
    expect(maySlash(WORK.chat, withPair({ checkerClass: B }), { ...pair, minerClass: B })).toEqual(refused);
    expect(maySlash(WORK.chat, CALIBRATION, { ...pair, temperature: 0 })).toEqual(refused);
  });

  it("is impossible on few runs, and for work that no replay settles", () => {
    const few = { kind: "mayNot", why: "tooFewRuns" };
    for (const honest of [{ sequences: 199 }, { tokensLeast: 127 }, { families: 4 }]) {
      expect(maySlash(WORK.chat, withPair({ honest: { ...runs, ...honest } }), pair)).toEqual(few);
    }
    expect(maySlash(WORK.chat, withPair({ cheats: [] }), pair)).toEqual(few);
    expect(isLargeEnough({ ...aPair, cheats: aPair.cheats.map((one) => ({ ...one, sequences: 99 })) })).toBe(false);
    expect(maySlash(WORK.externalEngine, CALIBRATION, pair)).toEqual({ kind: "mayNot", why: "work" });
  });

  it("takes the narrowest bucket that holds the temperature, its ends included", () => {
    const narrow = { ...aPair, temperatureFrom: 1, temperatureTo: 1, falseAlarmsMax: 0.005 };
    const both = { ...CALIBRATION, pairs: [aPair, narrow] };
    expect(findPair(both, pair)).toBe(narrow);
    expect(findPair(both, { ...pair, temperature: 1.5 })).toBe(aPair);
    expect(findPair(both, { ...pair, temperature: 1.6 })).toBeUndefined();
  });
});
