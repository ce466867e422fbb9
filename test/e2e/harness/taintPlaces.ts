import { coreOf, holdStill, letGo } from "./coreDump.js";
import { environmentOf } from "./processes.js";
import { regionsIn } from "./processMemory.js";
import type { DocumentHost } from "./startDocumentHost.js";
import type { Network } from "./startNetwork.js";
import type { Words } from "./taintAsks.js";
import { readWholeChain } from "./taintChain.js";
import { databaseFolder, dumpDatabase, filesIn, type Place } from "./taintFiles.js";
import { formsOf } from "./taintForms.js";
import { readWires } from "./taintWires.js";

/** Folders of a home below `data/<generation>`, and those of the home itself whose own name doesn't say it. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^data\/\d+\/postgres\//, "database"],
  [/^data\/\d+\/outbox\//, "miner's store"],
  [/^data\/\d+\/guards\//, "guard's store"],
  [/^content\//, "router's requests"],
  [/^router-content\//, "router's content"],
  [/^files\//, "router's files"],
];

/** The listeners that record nothing themselves. */
export function portsOf(network: Network, host: Pick<DocumentHost, "port">): ReadonlyMap<number, string> {
  const database = new URL(environmentOf(network.routerPid(), "ROUTER_DATABASE_URL") ?? "").port;
  return new Map([
    [Number(new URL(network.rpcUrl).port), "chain"],
    [Number(database), "database"],
    [host.port, "client"],
  ]);
}

type Looked = {
  readonly wires: string;
  readonly clientFolder: string;
  readonly listeners: ReadonlyMap<number, string>;
};

/** Everything of a running network in which a word may stand, memory first. Places of one name are one place. Last its router's core: that ends with it. */
export async function* lookEverywhere(network: Network, looked: Looked): AsyncGenerator<Place, void, undefined> {
  const router = network.routerPid();
  holdStill(router);
  try {
    for (const bytes of regionsIn(router)) yield { name: "router's memory", bytes };
    for (const pid of network.guardPids()) for (const bytes of regionsIn(pid)) yield { name: "guard's memory", bytes };
    yield { name: "chain", bytes: Buffer.from(await readWholeChain(network.rpcUrl)) };
    yield await dumpDatabase(network);
    yield* filesIn(databaseFolder(network), () => "database");
    yield { name: "output", bytes: Buffer.from(JSON.stringify(network.output.lines)) };
    const inHome = (path: string) => PLACES.find(([pattern]) => pattern.test(path))?.[1] ?? path.split("/")[0] ?? path;
    yield* filesIn(network.home, inHome);
    yield* filesIn(looked.clientFolder, () => "client's database");
    for (const { name, bytes } of readWires(looked.wires, looked.listeners)) yield { name: `wire ${name}`, bytes };
    for await (const bytes of coreOf(router)) yield { name: "router's core dump", bytes };
  } finally {
    letGo(router);
  }
}

export type WordPlaces = { readonly asked: readonly string[]; readonly said: readonly string[] };

/** The places in which each word stands, in any form; and how many bytes of each place were looked through. */
export async function foundWords(
  places: AsyncIterable<Place>,
  { beginning, words }: { readonly beginning: string; readonly words: Readonly<Record<string, Words>> },
): Promise<{ readonly found: ReadonlyMap<string, WordPlaces>; readonly looked: ReadonlyMap<string, number> }> {
  const beginnings = await formsOf(beginning);
  const looked = new Map<string, number>();
  const suspects: Place[] = [];
  for await (const place of places) {
    looked.set(place.name, (looked.get(place.name) ?? 0) + place.bytes.length);
    if (beginnings.some((form) => place.bytes.includes(form))) suspects.push(place);
  }
  const placesOf = async (word: string) => {
    const forms = await formsOf(word);
    const having = suspects.filter(({ bytes }) => forms.some((form) => bytes.includes(form)));
    return [...new Set(having.map(({ name }) => name))].sort();
  };
  const found = new Map<string, WordPlaces>();
  for (const [way, { asked, said }] of Object.entries(words))
    found.set(way, { asked: await placesOf(asked), said: await placesOf(said) });
  return { found, looked };
}
