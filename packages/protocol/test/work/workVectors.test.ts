import {
  type Bytes32,
  bytesToHex,
  decodeWorkRecord,
  encodeWorkRecord,
  type Hex,
  hexToBytes,
  type WorkPart,
  type WorkRecord,
  type WorkTask,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "../readVectors.js";

type VectorWord = {
  readonly taskId: Bytes32;
  readonly position: number;
  readonly tokenRoot: Bytes32;
  readonly root: Bytes32;
  readonly count: number;
  readonly sequence: number;
  readonly signature: Hex;
  readonly path: readonly Bytes32[];
};
type VectorTask = Omit<WorkTask, "parts"> & {
  readonly parts: readonly (Omit<WorkPart, "word"> & { readonly word?: VectorWord })[];
};
type Vector = {
  readonly record: Omit<WorkRecord, "ended"> & { readonly ended: readonly VectorTask[] };
  readonly bytes: Hex;
  readonly recordCid: Bytes32;
  readonly recordRoot: Bytes32;
};

function toTask(task: VectorTask): WorkTask {
  const parts = task.parts.map(({ word, ...part }): WorkPart => {
    if (word === undefined) return part;
    const { root, count, sequence, signature, path, ...said } = word;
    return {
      ...part,
      word: { ...said, proof: { batch: { root, count, sequence }, signer: part.miner, signature, path } },
    };
  });
  return { ...task, parts };
}

describe("work record vectors", () => {
  it.each(readVectors<readonly Vector[]>("vectors", "./work"))("give the root $recordRoot", (vector) => {
    const record = { ...vector.record, ended: vector.record.ended.map(toTask) };
    const made = encodeWorkRecord(record);
    expect(bytesToHex(made.bytes)).toBe(vector.bytes);
    expect([made.recordCid, made.recordRoot]).toEqual([vector.recordCid, vector.recordRoot]);
    expect(decodeWorkRecord(hexToBytes(vector.bytes))).toEqual(record);
  });
});
