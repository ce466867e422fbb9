import { describe, expect, it } from "vitest";
import { anAddress, aWord } from "../test/aTask.js";
import { type Envelope, READERS_MAX } from "./envelope.js";
import { CONTEXT_TASKS_MAX, OpenedTasks } from "./sealContext.js";
import { describeSealing, sealingLabel } from "./sealingLabel.js";

const anEnvelope = (suite: Envelope["suite"], ...names: readonly string[]): Envelope => ({
  suite,
  session: aWord("session"),
  taskId: aWord("task"),
  nonce: aWord("nonce"),
  readers: names.map((name) => ({
    miner: anAddress(name),
    bundleHash: aWord(name),
    enc: new Uint8Array(32),
    wrappedKey: new Uint8Array(48),
  })),
  frames: [],
});

describe("a sealed answer's label", () => {
  it("names every miner that the task was sealed to, each once, over all envelopes", () => {
    const label = sealingLabel([anEnvelope("xwing", "a", "b"), anEnvelope("xwing", "b", "c")], "canary");
    expect(label).toEqual({ suite: "xwing", readers: ["a", "b", "c"].map(anAddress).sort(), audit: "canary" });
    expect(describeSealing(label)).toBe(
      "sealed (xwing): readable by you and 3 miners; its miners are tried by questions of yours",
    );
  });

  it("names the weakest suite, and who else may come to read", () => {
    const label = sealingLabel([anEnvelope("xwing", "a"), anEnvelope("x25519", "a")], "auditable");
    expect(describeSealing(label)).toBe(
      "sealed (x25519): readable by you and one miner, and validators of a drawn task when its key is opened, which is logged",
    );
  });

  it("says of a session without an audit that nobody checks it", () => {
    const label = sealingLabel([anEnvelope("x25519", "a")], "none");
    expect(describeSealing(label)).toBe("sealed (x25519): readable by you and one miner; checked by nobody");
  });

  it("counts no more readers than an envelope may have", () => {
    expect(READERS_MAX).toBe(3);
  });
});

describe("the tasks of a context", () => {
  it("are opened once each, up to their most", () => {
    const opened = new OpenedTasks();
    for (let task = 0; task < CONTEXT_TASKS_MAX; task += 1)
      expect(opened.admit(aWord(`task ${task}`))).toBe("admitted");
    expect(opened.admit(aWord("task 7"))).toBe("replayed");
    expect(opened.admit(aWord("one more"))).toBe("contextSpent");
  });
});
