import { writeSync } from "node:fs";
import { connectDatabase, systemClock } from "@cortensor/runtime";
import { LANE } from "../src/compliance/makers.js";
import { createPostgresBooks } from "../src/index.js";
import { spendAll } from "./spendAll.js";

/** A router's books in their own process: spends on one key as fast as it can, and says each hold before it uses it. */
const [url = "", keyHash = "0x", tasks = "0"] = process.argv.slice(2);
const books = await createPostgresBooks({
  pool: connectDatabase({ url, max: 2 }),
  routerId: "child",
  lane: LANE,
  clock: systemClock,
});
await spendAll(books, {
  name: "child",
  keyHash: keyHash as `0x${string}`,
  tasks: Number(tasks),
  onHeld: () => writeSync(1, "h"),
  onDurable: (count) => writeSync(1, "r".repeat(count)),
});
writeSync(1, ".");
