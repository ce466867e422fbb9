// A guard's keeping of sets, in a process of its own: finds each set that it is told of, and gives it to peers from then on.
import { createContentNode } from "@cortensor/data";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { createFetchSet } from "../src/guard/fetchSet.js";
import { createSetContent } from "../src/host/setContent.js";

type Told = { readonly folder: string; readonly routers: readonly string[]; readonly sets: readonly `0x${string}`[] };

const told: Told = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit(0));
const node = await createContentNode({
  folder: told.folder,
  listen: ["/ip4/127.0.0.1/tcp/0"],
  nowSeconds: () => 1_000,
  clock: systemClock,
  log: silentLogger,
});
const shared = { node, owner: "guard", clock: systemClock, log: silentLogger };
const content = createSetContent({ ...shared, readKeepers: async () => [] });
const fetchSet = createFetchSet({ chain: { readRouterEndpoints: async () => told.routers }, content });
const lane = `0x${"11".repeat(20)}` as const;
const found: number[] = [];
for (const setCid of told.sets) {
  found.push((await fetchSet({ lane, setCid }, new AbortController().signal))?.length ?? -1);
}
process.send?.({ addresses: node.stat().addresses, pins: node.stat().pins, found });
