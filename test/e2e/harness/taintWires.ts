import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What one side of a connection sent or received, by the names of both sides in the order of the alphabet: `miner–router`. */
export type Wire = { readonly name: string; readonly bytes: Buffer };

/** What `recordSockets.mjs` wrote, each file by whom it is between. `listeners` names the ports of those that don't record. */
export function readWires(folder: string, listeners: ReadonlyMap<number, string>): readonly Wire[] {
  const files = readdirSync(folder).map((file) => {
    const [command = "", , , , own = "", other = ""] = file.split(".");
    return { file, command, own, other };
  });
  const commandAt = new Map(files.map(({ command, own, other }) => [`${own}.${other}`, command]));
  return files.map(({ file, command, own, other }) => {
    // Who connects from a port that nobody recorded is the test itself, or a command that it runs.
    const peer = commandAt.get(`${other}.${own}`) ?? listeners.get(Number(other)) ?? "client";
    return { name: [command, peer].sort().join("–"), bytes: readFileSync(join(folder, file)) };
  });
}
