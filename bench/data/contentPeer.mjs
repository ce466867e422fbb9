import { createContentNode } from "@cortensor/data";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { madeBody } from "./madeBody.mjs";

/** A peer that puts objects of its own, and gives them until it is ended. Argument: {folder, bytes, objects}. Prints where it is and what it has. */
const { folder, bytes, objects } = JSON.parse(process.argv[2]);
/** Away from the numbers that the other side makes its objects of. */
const FIRST_SEED = 1_000_000;
const listen = ["/ip4/127.0.0.1/tcp/0"];
const node = await createContentNode({
  folder,
  listen,
  nowSeconds: () => 1_000,
  clock: systemClock,
  log: silentLogger,
});
const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "bench", untilSeconds: undefined };
const cids = [];
for (let at = 0; at < objects; at += 1) {
  const { cid } = await node.put([madeBody(bytes, FIRST_SEED + at)], datum);
  cids.push(cid.toString());
}
process.stdout.write(`${JSON.stringify({ addresses: node.stat().addresses, cids })}\n`);
