import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  type Bytes32,
  cutOffOf,
  decodePlantProof,
  encodeFingerprint,
  epochStart,
  fingerprintRootOf,
  keccak256,
  PLANT_TOKENS_MIN,
  plantCommitment,
  plantedFingerprint,
  type SegmentBody,
  setEntryId,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createManualClock, createMetrics, silentLogger } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlantDesk } from "./plantDesk.js";
import { createPlanter, type Planter, type PlantSource } from "./planter.js";

const TIMES = { t0: 1_000, epochSeconds: 600 };
const PLANTER: Address = `0x${"0a".repeat(20)}`;
/** In which everything begins. */
const EPOCH = 5;
const wordOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));

let folder: string;
let planter: Planter;
let time = 0;
let asked: Bytes32[];
let answerWith: (salt: Bytes32) => SegmentBody;
let settled: Map<number, ReadonlySet<Bytes32>>;
let known: Exclude<Awaited<ReturnType<PlantSource["recompute"]>>, "hidden">;
/** What the chain has of commitments, and what was opened in which epoch. */
let commitments: Map<Bytes32, number>;
/** Salts so far. */
let drawn = 0;
/** Epochs by which commitments come into a block later than they are sent. */
let lateBy = 0;
/** Salts that the chain opens nothing for. */
let refused: ReadonlySet<Bytes32>;
let opened: { readonly epoch: number; readonly salt: Bytes32; readonly proof: Uint8Array }[];

const epochNow = (): number => Math.floor((time - TIMES.t0) / TIMES.epochSeconds);

/** A planted answer, as its miner shows it. */
function aBody(salt: Bytes32, count = PLANT_TOKENS_MIN): SegmentBody {
  const tokens = plantedFingerprint(
    salt,
    Array.from({ length: count }, (_, index) => ({ id: index, top: [index, 900, 901] })),
  );
  const word = wordOf("whatever");
  return {
    task: {
      ...{
        account: 1,
        session: word,
        seq: 1,
        modelId: word,
        promptCommit: word,
        paramsHash: word,
        maxIn: 9,
        maxOut: 99,
      },
      ...{ feeCapWei: 5n, deadline: 9, userNonce: salt, privacy: "open", redundancy: 1 },
    },
    prompt: { kind: "text", text: "" },
    promptSalt: word,
    params: {
      ...{ temperature: 1, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
      ...{ logitBias: {}, stop: [], maxTokens: count },
    },
    committed: [],
    contextTokens: 100,
    recipe: [],
    fingerprint: encodeFingerprint(tokens),
    result: {
      ...{ taskId: wordOf(`task of ${salt}`), miner: PLANTER, replica: 0, segment: 0, from: 0, to: count, nOut: count },
      ...{ tokenRoot: word, fpRoot: fingerprintRootOf(tokens), recipeHash: word, outCommit: word, nIn: 9 },
      ...{ finish: "length", kernelClass: word, tFirstMs: 1, tTotalMs: 2 },
    },
  };
}

function start(): Planter {
  const desk = new PlantDesk();
  return createPlanter({
    config: { storeFolder: folder, pollMs: 1_000 },
    chain: {
      ...{ chainId: 1, times: TIMES, duties: `0x${"0d".repeat(20)}`, planter: PLANTER },
      readPlant: async (commitment) => ({
        isKnown: commitments.has(commitment),
        epoch: commitments.get(commitment) ?? 0,
        isOpened: opened.some(({ salt }) => plantCommitment(PLANTER, salt) === commitment),
      }),
      commitPlant: async (commitment) => {
        if (commitments.has(commitment)) throw new Error("PlantKnown");
        commitments.set(commitment, epochNow() + lateBy);
      },
      openPlant: async (opening) => {
        if (refused.has(opening.salt)) throw new Error("PlantOpenedEarly");
        opened.push({ ...opening, epoch: epochNow() });
      },
    },
    source: {
      drawnFrom: async (epoch) => {
        const ids = settled.get(epoch);
        return ids === undefined ? { kind: "unposted" } : { kind: "tasks", settled: ids };
      },
      recompute: async () => known,
    },
    desk,
    nextPrompt: () => ({ kind: "text", text: `question ${asked.length}` }),
    ask: async (prompt) => {
      const salt = desk.saltOf(prompt) ?? wordOf("no salt");
      asked.push(salt);
      return answerWith(salt);
    },
    nowSeconds: () => time,
    ...{ clock: createManualClock(), log: silentLogger, metrics: createMetrics(), random: () => 0 },
    randomBytes32: () => {
      drawn += 1;
      return wordOf(`salt ${drawn}`);
    },
  });
}

async function toEpoch(epoch: number, seconds = 1): Promise<void> {
  time = epochStart(TIMES, epoch) + seconds;
  await planter.look();
}
const idOf = (salt: Bytes32): Bytes32 => setEntryId(wordOf(`task of ${salt}`));
/** One plant is due by what is known of each epoch; its answer is settled in the epoch in which it is asked. */
async function plantOne(): Promise<Bytes32> {
  await toEpoch(EPOCH);
  await toEpoch(EPOCH + 1);
  const [salt] = asked;
  if (salt === undefined) throw new Error("a question is due");
  settled.set(EPOCH + 1, new Set([idOf(salt)]));
  return salt;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "planter-"));
  [asked, opened, commitments, settled] = [[], [], new Map(), new Map()];
  known = { duties: Array.from({ length: 50 }, (_, index) => ({ taskId: wordOf(`${index}`) })), plants: [] };
  answerWith = aBody;
  [lateBy, refused] = [0, new Set()];
  planter = start();
});
afterEach(async () => {
  await planter.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("a planter", () => {
  it("commits, asks in the next epoch, and opens in the second after that of the results", async () => {
    const salt = await plantOne();
    expect(commitments.get(plantCommitment(PLANTER, salt))).toBe(EPOCH);
    await toEpoch(EPOCH + 2);
    expect(opened).toEqual([]);
    await toEpoch(EPOCH + 3);
    await planter.look();
    expect(opened).toMatchObject([{ epoch: EPOCH + 3, salt }]);
    expect(decodePlantProof(opened[0]?.proof ?? new Uint8Array(0)).result.taskId).toBe(wordOf(`task of ${salt}`));
  });

  it("goes on where it was after every restart, and does nothing twice", async () => {
    const restart = async () => {
      await planter.stop();
      planter = start();
    };
    const salt = await plantOne();
    const [committed, questions] = [commitments.size, asked.length];
    await restart();
    await planter.look();
    expect([commitments.size, asked.length]).toEqual([committed, questions]);
    await toEpoch(EPOCH + 2);
    await restart();
    await toEpoch(EPOCH + 3);
    await restart();
    await planter.look();
    expect(opened.map((one) => one.salt)).toEqual([salt]);
  });

  it("plants no more than is due, and nothing where others have planted enough", async () => {
    known = { ...known, plants: [{ planter: `0x${"0b".repeat(20)}` }] };
    await toEpoch(EPOCH);
    expect(commitments.size).toBe(0);
    known = { ...known, plants: [{ planter: PLANTER }] };
    await toEpoch(EPOCH + 1);
    await planter.look();
    expect(commitments.size).toBe(1);
  });

  it("asks a question once, and opens nothing of an answer that its salt didn't make", async () => {
    answerWith = () => aBody(wordOf("another's"));
    const salt = await plantOne();
    settled.set(EPOCH + 1, new Set([idOf(salt), idOf(wordOf("another's"))]));
    await planter.look();
    await toEpoch(EPOCH + 3);
    expect(asked.filter((one) => one === salt)).toHaveLength(1);
    expect(opened).toEqual([]);
    answerWith = (one) => aBody(one, PLANT_TOKENS_MIN - 1);
    await toEpoch(EPOCH + 4);
    answerWith = () => {
      throw new Error("its miner is gone");
    };
    await toEpoch(EPOCH + 5);
    settled.set(EPOCH + 4, new Set(asked.map((one) => idOf(one))));
    await toEpoch(EPOCH + 6);
    expect(opened).toEqual([]);
  });

  it("asks nothing for a commitment that came into a block in a later epoch: it couldn't be opened in time", async () => {
    lateBy = 1;
    await toEpoch(EPOCH);
    expect([...commitments.values()]).toEqual([EPOCH + 1]);
    lateBy = 0;
    await toEpoch(EPOCH + 1);
    await planter.look();
    expect(asked).toEqual([]);
  });

  it("opens the others where the chain refuses one", async () => {
    known = {
      ...known,
      duties: [...known.duties, ...known.duties.map((_, index) => ({ taskId: wordOf(`more ${index}`) }))],
    };
    await toEpoch(EPOCH);
    for (let look = 0; look < 3; look += 1) await toEpoch(EPOCH + 1);
    const planted = asked.toSorted();
    expect(planted).toHaveLength(2);
    settled.set(EPOCH + 1, new Set(planted.map(idOf)));
    refused = new Set(planted.slice(0, 1));
    await toEpoch(EPOCH + 2);
    await toEpoch(EPOCH + 3);
    expect(opened.map(({ salt }) => salt)).toEqual(planted.slice(1));
  });

  it("opens nothing before its time, nor after the cut-off of the epoch in which it counts", async () => {
    await plantOne();
    const late = cutOffOf(TIMES, EPOCH + 3) - epochStart(TIMES, EPOCH + 3);
    await toEpoch(EPOCH + 3, late);
    expect(opened).toEqual([]);
    await toEpoch(EPOCH + 4);
    await planter.look();
    expect(opened.filter(({ epoch }) => epoch === EPOCH + 4)).toEqual([]);
  });
});
