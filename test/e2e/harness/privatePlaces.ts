import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { coreOf, holdStill, letGo } from "./coreDump.js";
import { regionsIn } from "./processMemory.js";
import type { PrivateNetwork } from "./startPrivateNetwork.js";
import { readWholeChain } from "./taintChain.js";
import { dumpDatabase, filesIn, type Place } from "./taintFiles.js";
import { readWires } from "./taintWires.js";

/** Everything of a running private network in which a word may stand, as `lookEverywhere` of any other: memory first, and last its router's core, which ends with it. */
export async function* lookThroughPrivate(
  network: PrivateNetwork,
  wires: string,
): AsyncGenerator<Place, void, undefined> {
  const router = network.routerPid();
  holdStill(router);
  try {
    for (const bytes of regionsIn(router)) yield { name: "router's memory", bytes };
    yield { name: "chain", bytes: Buffer.from(await readWholeChain(network.chain.url)) };
    yield* filesIn(network.chainFolder, () => "chain");
    yield await dumpDatabase(network);
    yield* filesIn(network.database.dataFolder, () => "database");
    yield { name: "output", bytes: Buffer.from(JSON.stringify(network.output)) };
    for (const [home, folder] of Object.entries(network.homes))
      yield* filesIn(folder, (path) => `${home}'s ${path.split("/")[0]}`);
    const listeners = new Map([
      [network.chain.port, "chain"],
      [network.database.port, "database"],
    ]);
    for (const { name, bytes } of readWires(wires, listeners)) yield { name: `wire ${name}`, bytes };
    for await (const bytes of coreOf(router)) yield { name: "router's core dump", bytes };
  } finally {
    letGo(router);
  }
}

/** Writes a text into each folder of each home, as nobody there does. What those places are called, in order. */
export function plantInFolders({ homes }: PrivateNetwork, text: string): readonly string[] {
  const planted = Object.entries(homes).flatMap(([home, folder]) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => {
        writeFileSync(join(folder, name, "planted"), text);
        return `${home}'s ${name}`;
      }),
  );
  return planted.sort();
}
