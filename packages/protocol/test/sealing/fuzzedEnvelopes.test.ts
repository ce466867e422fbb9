import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  concatBytes,
  decodeAnswerOpening,
  decodeEnvelope,
  decodeSealedFrame,
  decodeSealedRequest,
  decodeSignedPrekeyBundle,
  type Envelope,
  encodeEnvelope,
  encodeSealedFrame,
  envelopeFromJson,
  envelopeToJson,
  hasCode,
  openEnvelope,
  SEAL_REFUSALS,
} from "../../src/index.js";
import {
  aSealedEnvelope,
  aSealedRequest,
  aSealingMiner,
  prekeysOf,
  type SealedTask,
  type SealingMiner,
} from "../../src/test/aSealing.js";
import { nodeAead } from "./nodeAead.js";

/** `npm run deep -- sealing` tries more, and others. */
const RUNS = Number(process.env.CORTENSOR_SEAL_FUZZ ?? 300);
const SEED = process.env.CORTENSOR_SEAL_FUZZ_SEED;
const OPTIONS = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };
const TIMEOUT_MS = 600_000;

let alice: SealingMiner;
let seeds: readonly { readonly of: SealedTask; readonly bytes: Uint8Array }[];

beforeAll(async () => {
  alice = await aSealingMiner("alice", ["x25519", "xwing"]);
  const bob = await aSealingMiner("bob");
  const made = [
    await aSealedEnvelope([alice]),
    await aSealedEnvelope([alice, bob], { seq: 4 }),
    await aSealedEnvelope([alice], { seq: 5, request: aSealedRequest("z".repeat(70_000)) }),
    await aSealedEnvelope([alice], { seq: 6, suite: "xwing" }),
  ];
  seeds = made.map((of) => ({ of, bytes: encodeEnvelope(of.envelope) }));
});

/** Most leave the form whole, so that what they change is found by opening it. */
const IN_FORM = 4;
const change = fc.oneof(
  {
    weight: IN_FORM,
    arbitrary: fc.record({
      kind: fc.constant("turn" as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.nat(7),
    }),
  },
  { weight: IN_FORM, arbitrary: fc.record({ kind: fc.constant("set" as const), at: fc.nat(400), byte: fc.nat(255) }) },
  fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant("add" as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat(400), count: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant("splice" as const), other: fc.nat(3), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never;

function applied(bytes: Uint8Array, one: Change): Uint8Array {
  const place = (at: number) => Math.max(0, Math.min(bytes.length - 1, Math.floor(at * bytes.length)));
  switch (one.kind) {
    case "turn":
      return bytes.length === 0 ? bytes : bytes.with(place(one.at), (bytes[place(one.at)] ?? 0) ^ (1 << one.bit));
    case "set":
      return one.at < bytes.length ? bytes.with(one.at, one.byte) : bytes;
    case "cut":
      return bytes.slice(0, place(one.at));
    case "add":
      return concatBytes(bytes, one.bytes);
    case "drop":
      return concatBytes(bytes.subarray(0, one.at), bytes.subarray(one.at + one.count));
    case "splice":
      return concatBytes(bytes.subarray(0, place(one.at)), tailOf(one.other, place(one.at)));
  }
}

/** The rest of another seed's bytes. */
function tailOf(seed: number, from: number): Uint8Array {
  return seeds[seed]?.bytes.subarray(from) ?? new Uint8Array(0);
}

/** What a miner makes of bytes: an error's code, a refusal's name, or `opened`. Anything else that is thrown fails the test. */
async function madeOf(bytes: Uint8Array, of: SealedTask): Promise<string> {
  const envelope = readOrCode(() => decodeEnvelope(bytes));
  if (typeof envelope === "string") return envelope;
  expect(Buffer.compare(encodeEnvelope(envelope), bytes)).toBe(0);
  const parts = { miner: alice.miner, task: of.task, findPrekeys: prekeysOf(alice), aead: nodeAead };
  const [known] = of.contexts.filter(({ miner }) => miner === alice.miner);
  const found = await openEnvelope(envelope, { ...parts, known });
  if (found.kind === "refused") return found.refusal;
  expect(found.request).toEqual(of.request);
  return "opened";
}

function readOrCode(read: () => Envelope): Envelope | string {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return "PROTOCOL_BAD_RECORD";
    if (hasCode(error, "PROTOCOL_BAD_DOCUMENT")) return "PROTOCOL_BAD_DOCUMENT";
    throw error;
  }
}

const REFUSALS: readonly string[] = [...SEAL_REFUSALS, "PROTOCOL_BAD_RECORD", "PROTOCOL_BAD_DOCUMENT"];

describe(`${RUNS} fuzzed envelopes`, () => {
  it(
    "are each refused by name, or are the envelope that was sealed",
    async () => {
      const changes = fc.array(change, { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.nat(3), changes, async (index, all) => {
          const seed = seeds[index];
          if (seed === undefined) throw new Error("four seeds");
          const bytes = all.reduce(applied, seed.bytes);
          const isSame = Buffer.compare(bytes, seed.bytes) === 0;
          const found = await madeOf(bytes, seed.of);
          if (isSame) expect(found).toBe("opened");
          else expect(REFUSALS).toContain(found);
        }),
        OPTIONS,
      );
    },
    TIMEOUT_MS,
  );

  it(
    "are refused from noise, in every form that bytes are read in",
    () => {
      const readers = [
        decodeEnvelope,
        decodeSealedFrame,
        decodeAnswerOpening,
        decodeSealedRequest,
        decodeSignedPrekeyBundle,
      ];
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (noise, isLikely) => {
          const bytes = isLikely && noise.length > 2 ? Uint8Array.from([1, 0, 1, ...noise.slice(3)]) : noise;
          for (const read of readers) expect(() => read(bytes)).toThrow("PROTOCOL_BAD_RECORD");
        }),
        OPTIONS,
      );
    },
    TIMEOUT_MS,
  );

  it(
    "are refused in JSON but for the one text that was written",
    () => {
      fc.assert(
        fc.property(fc.nat(1), fc.nat(2_000), fc.string({ maxLength: 3 }), (index, at, text) => {
          const seed = seeds[index];
          if (seed === undefined) throw new Error("four seeds");
          const json = envelopeToJson(seed.of.envelope);
          const changed = json.slice(0, at) + text + json.slice(at + text.length);
          const found = readOrCode(() => envelopeFromJson(changed));
          if (changed === json) expect(found).toEqual(seed.of.envelope);
          if (typeof found !== "string") expect(envelopeToJson(found)).toBe(changed);
        }),
        OPTIONS,
      );
    },
    TIMEOUT_MS,
  );
});

describe("an envelope in JSON", () => {
  it("comes back as it was", () => {
    for (const { of } of seeds)
      expect(envelopeFromJson(JSON.parse(JSON.stringify(envelopeToJson(of.envelope))))).toEqual(of.envelope);
  });

  it("is refused as anything but base64url in its one form", () => {
    const json = envelopeToJson(seeds[0]?.of.envelope ?? fail());
    const others = [
      7,
      null,
      {},
      "",
      "=",
      `${json}=`,
      `${json}A`,
      json.slice(0, -1),
      `${json} `,
      json.replace(/.$/, "+"),
    ];
    for (const other of others) expect(() => envelopeFromJson(other)).toThrow(/PROTOCOL_BAD_(RECORD|DOCUMENT)/);
  });
});

describe("an envelope's bytes", () => {
  it("are refused with readers out of order, twice or none, no frame, or frames of no bucket", () => {
    const one = seeds[1]?.of.envelope ?? fail();
    const [first, second] = one.readers;
    const [frame] = one.frames;
    if (first === undefined || second === undefined || frame === undefined) throw new Error("two readers and a frame");
    for (const readers of [[second, first], [first, first], []]) {
      expect(() => encodeEnvelope({ ...one, readers })).toThrow("PROTOCOL_BAD_RECORD");
    }
    expect(() => encodeEnvelope({ ...one, frames: [] })).toThrow("PROTOCOL_BAD_RECORD");
    const short = { ...frame, sealed: frame.sealed.slice(1) };
    expect(() => decodeSealedFrame(encodeSealedFrame(short))).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => decodeEnvelope(encodeEnvelope({ ...one, frames: [short] }))).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => encodeEnvelope({ ...one, frames: Array.from({ length: 33 }, () => frame) })).toThrow(
      "PROTOCOL_BAD_RECORD",
    );
  });
});

function fail(): never {
  throw new Error("a seed");
}
