import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { openOutbox } from "./outbox.js";
import { decodeEntry, encodeEntry } from "./outboxEntry.js";
import { openStore } from "./store.js";
import { anEntry } from "./test/anEntry.js";
import { outboxFolder, removeFolders } from "./test/testMiner.js";

afterEach(removeFolders);

const OPERATOR = `0x${"0e".repeat(20)}` as const;
const OTHER = `0x${"0f".repeat(20)}` as const;

describe("the outbox", () => {
  it("finds its entries again when it is opened anew", async () => {
    const folder = await outboxFolder();
    const first = openOutbox({ store: openStore(folder), log: silentLogger });
    await first.put(anEntry({ seq: 1, owedWei: 5n }));
    await first.put(anEntry({ seq: 2, owedWei: 7n, operator: OTHER }));
    await first.close();
    const second = openOutbox({ store: openStore(folder), log: silentLogger });
    expect(second.entries()).toHaveLength(2);
    expect(second.find(anEntry({ seq: 1 }).reoffered.result)).toEqual(anEntry({ seq: 1, owedWei: 5n }));
    expect([second.owedWei(OPERATOR), second.owedWei(OTHER)]).toEqual([5n, 7n]);
    await second.close();
  });

  it("sums what each operator owes, and forgets what is removed", async () => {
    const outbox = openOutbox({ store: openStore(await outboxFolder()), log: silentLogger });
    const entry = anEntry({ seq: 1, owedWei: 5n });
    await Promise.all([outbox.put(entry), outbox.put(anEntry({ seq: 2, owedWei: 7n }))]);
    await outbox.put({ ...entry, owedWei: 6n });
    expect(outbox.owedWei(OPERATOR)).toBe(13n);
    await outbox.remove(entry.reoffered.result);
    await outbox.remove(entry.reoffered.result);
    expect(outbox.owedWei(OPERATOR)).toBe(7n);
    expect(outbox.ofTask(entry.reoffered.result.taskId)).toEqual([]);
    await outbox.close();
  });

  it("takes no more than its bound, but renews what it has", async () => {
    const outbox = openOutbox({ store: openStore(await outboxFolder()), log: silentLogger, entriesMax: 1 });
    await outbox.put(anEntry({ seq: 1 }));
    expect(outbox.isFull).toBe(true);
    await outbox.put(anEntry({ seq: 1, owedWei: 9n }));
    await expect(outbox.put(anEntry({ seq: 2 }))).rejects.toThrow("MINER_OUTBOX_FULL");
    await outbox.close();
  });

  it("has every result that a killed process had said was stored", async () => {
    const folder = await outboxFolder();
    const entry = fileURLToPath(new URL("./test/outboxWriter.ts", import.meta.url));
    const loader = new URL("../../../engine/test/sourceLoader.mjs", import.meta.url).href;
    const writer = fork(entry, [folder], { execArgv: ["--conditions=source", "--import", loader] });
    const stored: number[] = [];
    writer.on("message", (seq) => {
      stored.push(Number(seq));
      if (stored.length === 50) writer.kill("SIGKILL");
    });
    const [code, signal] = await once(writer, "exit");
    expect([code, signal]).toEqual([null, "SIGKILL"]);
    const outbox = openOutbox({ store: openStore(folder), log: silentLogger });
    expect(stored.length).toBeGreaterThanOrEqual(50);
    for (const seq of stored) {
      expect(outbox.find(anEntry({ seq }).reoffered.result), `entry ${seq}`).toEqual(anEntry({ seq }));
    }
    await outbox.close();
  });

  it("writes an entry with and without its proofs", () => {
    const entry = anEntry({ seq: 3, owedWei: 2n ** 90n });
    const { assignment } = entry.reoffered;
    const { taskId, miner } = assignment;
    const acknowledgement = { taskId, miner, replica: 0, segment: 0, position: 32, tokenRoot: taskId };
    const proof = {
      batch: { root: taskId, count: 2, sequence: 9 },
      signer: miner,
      signature: `0x${"1b".repeat(65)}` as const,
      path: [taskId],
    };
    const proven = {
      ...entry,
      acknowledgement,
      isDisputed: true,
      reoffered: { ...entry.reoffered, assignmentProof: proof, acknowledged: { acknowledgement, proof } },
    };
    expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
    expect(decodeEntry(encodeEntry(proven))).toEqual(proven);
    expect(() => decodeEntry(encodeEntry(entry).subarray(0, 100))).toThrow();
  });
});
