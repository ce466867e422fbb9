import { silentLogger } from "@cortensor/runtime";
import { openOutbox } from "../outbox.js";
import { openStore } from "../store.js";
import { anEntry } from "./anEntry.js";

/** A process that stores results, and says of each when it is stored, until it is killed. */
const folder = process.argv[2];
if (folder === undefined || process.send === undefined) throw new Error("started without a folder or a parent");
process.on("disconnect", () => process.exit());
const outbox = openOutbox({ store: openStore(folder), log: silentLogger });
for (let seq = 0; ; seq += 1) {
  await outbox.put(anEntry({ seq }));
  process.send(seq);
}
