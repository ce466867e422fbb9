import { writeFileSync } from "node:fs";
import {
  NETWORK_ENDINGS,
  type NetworkEvent,
  type NetworkRefusal,
  type NetworkTask,
  NODE_REFUSALS,
  type NodeEvent,
  type NodeLife,
  nextNetworkTask,
  nextNodeState,
  UNREGISTERED,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "../readVectors.js";
import { inColumns, type LifeVector, sentIn } from "./columns.js";
import { type LevelVector, levelVectors, replayLevel } from "./levelVectors.js";
import { networkMachine } from "./machines.js";
import { replay, sentToNode, sentToTask, showLife, showTask, type TraceVector } from "./traceVectors.js";

type AnyNodeEvent = NodeEvent | { readonly kind: "expire" };

/** `CORTENSOR_MAKE_VECTORS=1` writes the files anew; contracts are held against the same. */
if (process.env.CORTENSOR_MAKE_VECTORS === "1") {
  const write = (name: string, value: unknown): void =>
    writeFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), `${JSON.stringify(value, undefined, 2)}\n`);
  const network = networkMachine(3, 2);
  write(
    "networkTask",
    sentToTask(network, NETWORK_ENDINGS).map((sent) => replay({ ...network, shown: showTask }, sent)),
  );
  const life = { start: UNREGISTERED, next: nextNodeState, shown: showLife };
  write(
    "nodeLife",
    sentToNode().map((sent) => inColumns(replay<NodeLife, AnyNodeEvent>(life, sent))),
  );
  write("levelRecord", levelVectors());
}

/** As JSON keeps it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("trace vectors", () => {
  it.each(readVectors<readonly TraceVector<NetworkTask, NetworkEvent>[]>("networkTask"))(
    "of a network task that ends $end.ending",
    (vector) => {
      const of = { start: vector.start, next: nextNetworkTask, shown: showTask };
      expect(plain(replay(of, vector.steps))).toEqual(vector);
    },
  );

  it.each(readVectors<readonly LifeVector[]>("nodeLife"))("of a node that is $end.state in the end", (vector) => {
    const of = { start: vector.start, next: nextNodeState, shown: showLife };
    expect(plain(inColumns(replay<NodeLife, AnyNodeEvent>(of, sentIn(vector))))).toEqual(vector);
  });

  it.each(readVectors<readonly LevelVector[]>("levelRecord"))("of a level that changes: %#", (vector) => {
    expect(replayLevel(vector)).toEqual(vector);
  });

  it("show every refusal of an event sent to a network task", () => {
    const vectors = readVectors<readonly TraceVector<NetworkTask, NetworkEvent>[]>("networkTask");
    const outcomes = new Set(vectors.flatMap(({ steps }) => steps.map(({ outcome }) => outcome)));
    // Traces go forward.
    const refusals: readonly NetworkRefusal[] = [
      "outOfRange",
      "ended",
      "notDue",
      "deadlineDue",
      "notYours",
      "already",
      "phaseOther",
      "seatsBad",
      "commitOther",
    ];
    expect(refusals.filter((refusal) => !outcomes.has(refusal))).toEqual([]);
  });

  it("show every refusal of an event sent to a node", () => {
    const outcomes = new Set(readVectors<readonly LifeVector[]>("nodeLife").flatMap(({ columns }) => columns.outcome));
    // Traces go forward, and level 0 is nobody's who was assessed.
    expect(NODE_REFUSALS.filter((refusal) => !outcomes.has(refusal))).toEqual(["clockBack", "levelTooLow"]);
  });
});
