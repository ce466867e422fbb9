// A peer in a process of its own: keeps what it is told to keep, fetched from peers that it is told of or by a route over HTTP, and gives
// it to whoever asks. Says `{ kept }` once the bytes are on its disk, and `{ missing }` where nobody gave them.
import { createContentNode } from "@cortensor/data";
import { SET_BYTES_MAX } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";

const [folder, route] = process.argv.slice(2);
const routes = [{ url: route, names: "digest" }];
const parts = { folder, routes, clock: systemClock, log: silentLogger, nowSeconds: () => 1_000 };
const node = await createContentNode({ ...parts, listen: ["/ip4/127.0.0.1/tcp/0"] });
const datum = { kind: "settlementSet", privacy: "open", form: "plain", owner: "keeper", untilSeconds: undefined };
process.on("disconnect", () => process.exit(0));

async function keep(sha256) {
  const bytes = await node.findWhole(sha256, { bytesMax: SET_BYTES_MAX, signal: new AbortController().signal });
  if (bytes !== undefined) await node.put([bytes], datum);
  return bytes !== undefined;
}

process.on("message", ({ sha256, peers }) => {
  node.learn(peers);
  keep(sha256).then(
    (isKept) => process.send(isKept ? { kept: sha256 } : { missing: sha256 }),
    () => process.send({ missing: sha256 }),
  );
});
process.send({ addresses: node.stat().addresses });
