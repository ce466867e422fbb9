// A peer of its own, in its own process with its own store. Told by its first argument what it holds, and says where it is.
import { silentLogger, systemClock } from "@cortensor/runtime";
import { Exchange } from "../src/content/exchange.js";
import { startPeer } from "../src/content/startPeer.js";
import { madeBytes } from "../src/content/test/madeBytes.js";
import { createContentNode } from "../src/index.js";

type Told = {
  readonly folder: string;
  readonly does: "serve" | "lie" | "churn";
  /** Lengths of the objects that it puts. */
  readonly lengths: readonly number[];
  /** Peers that it names. */
  readonly peers?: readonly string[];
};

const told: Told = JSON.parse(process.argv[2] ?? "");
const listen = ["/ip4/127.0.0.1/tcp/0"];
process.on("disconnect", () => process.exit(0));

if (told.does === "lie") await lie();
else if (told.does === "churn") await churn();
else await serve();

async function open(listening: readonly string[]) {
  const { folder } = told;
  return createContentNode({
    folder,
    nowSeconds: () => 1_000,
    clock: systemClock,
    log: silentLogger,
    listen: listening,
    ...(told.peers === undefined ? {} : { peers: told.peers }),
  });
}

async function serve(): Promise<void> {
  const node = await open(listen);
  for (const [seed, length] of told.lengths.entries()) {
    const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "test", untilSeconds: undefined } as const;
    await node.put([madeBytes(length, seed)], datum);
  }
  process.send?.({ addresses: node.stat().addresses });
}

/** Answers whatever is asked with other bytes. */
async function lie(): Promise<void> {
  const libp2p = await startPeer({ folder: told.folder, listen });
  const readBlock = async () => madeBytes(333, 99);
  await new Exchange({ libp2p, readBlock, onLie: () => undefined, log: silentLogger }).start();
  process.send?.({ addresses: libp2p.getMultiaddrs().map((address) => address.toString()) });
}

/** Puts, unpins and collects until it is killed, and says each root that it is done pinning. */
async function churn(): Promise<void> {
  const node = await open([]);
  const name = { owner: "test", kind: "dataset" } as const;
  for (let seed = 0; ; seed += 1) {
    const length = told.lengths[seed % told.lengths.length] ?? 1;
    const datum = { ...name, privacy: "open", form: "plain", untilSeconds: undefined } as const;
    const { cid } = await node.put([madeBytes(length, seed)], datum);
    process.send?.({ pinned: cid.toString() });
    if (seed % 3 === 2) {
      const { cid: passing } = await node.put([madeBytes(length + 1, seed)], datum);
      await node.unpin(passing, name);
      await node.collect({ graceSeconds: 0 });
    }
  }
}
