import { writeFileSync } from "node:fs";
import {
  NETWORK_ENDINGS,
  type NetworkEvent,
  type NetworkTask,
  type NodeEvent,
  type NodeLife,
  nextNetworkTask,
  nextNodeState,
  UNREGISTERED,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "../readVectors.js";
import { networkMachine } from "./machines.js";
import { replay, sentToNode, sentToTask, showLife, showTask, type TraceVector } from "./traceVectors.js";

type AnyNodeEvent = NodeEvent | { readonly kind: "expire" };

/** As `readVectors` takes it. */
const FOLDER = "./machines";

/** `CORTENSOR_MAKE_VECTORS=1` writes the files anew; contracts will be held against the same. */
if (process.env.CORTENSOR_MAKE_VECTORS === "1") {
  const write = (name: string, value: unknown): void =>
    writeFileSync(new URL(`./${name}.json`, import.meta.url), `${JSON.stringify(value, undefined, 2)}\n`);
  const network = networkMachine(3, 2);
  write(
    "networkTask",
    sentToTask(network, NETWORK_ENDINGS).map((sent) => replay({ ...network, shown: showTask }, sent)),
  );
  const life = { start: UNREGISTERED, next: nextNodeState, shown: showLife };
  write(
    "nodeLife",
    sentToNode().map((sent) => replay<NodeLife, AnyNodeEvent>(life, sent)),
  );
}

/** As JSON keeps it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("trace vectors", () => {
  it.each(readVectors<readonly TraceVector<NetworkTask, NetworkEvent>[]>("networkTask", FOLDER))(
    "of a network task that ends $end.ending",
    (vector) => {
      const of = { start: vector.start, next: nextNetworkTask, shown: showTask };
      expect(plain(replay(of, vector.steps))).toEqual(vector);
    },
  );

  it.each(readVectors<readonly TraceVector<NodeLife, AnyNodeEvent>[]>("nodeLife", FOLDER))(
    "of a node that is $end.state in the end",
    (vector) => {
      const of = { start: vector.start, next: nextNodeState, shown: showLife };
      expect(plain(replay(of, vector.steps))).toEqual(vector);
    },
  );
});
