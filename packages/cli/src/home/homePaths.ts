import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where everything of one operator lives on this machine. */
export type HomePaths = {
  readonly home: string;
  readonly keys: string;
  readonly passphrase: string;
  readonly state: string;
  readonly profile: string;
  readonly deployment: string;
  readonly apiKey: string;
  readonly adminToken: string;
  readonly auditorToken: string;
  /** What canaries among this home's sealed questions found of miners, and the secret that says which they are. */
  readonly canaries: string;
  readonly chainState: string;
  /** The same of one chain of a network over layers. */
  chainStateOf(layer: string): string;
  /** What a rollup of this home is: its chain's file. */
  rollup(layer: string): string;
  /** What a rollup of this home has that its parent doesn't. */
  rollupData(chainId: number): string;
  readonly logs: string;
  readonly models: string;
  readonly tls: string;
  /** Settlement sets, each a file named by its CID: public, and all that an audit needs beside the chain. */
  readonly settlements: string;
  /** What is kept and given by its CID. */
  readonly content: string;
  /** What waits for sinks of this machine's own, a file for each place. */
  readonly sinks: string;
  /** Data that belongs to one chain: one that was reset gets a new folder. */
  data(generation: number): string;
};

export const DEFAULT_HOME = join(homedir(), ".cortensor");

export function homePaths(folder: string): HomePaths {
  const home = resolve(folder);
  return {
    home,
    keys: join(home, "keys"),
    passphrase: join(home, "passphrase"),
    state: join(home, "state.json"),
    profile: join(home, "network.json"),
    deployment: join(home, "deployment.json"),
    apiKey: join(home, "api-key"),
    adminToken: join(home, "admin-token"),
    auditorToken: join(home, "auditor-token"),
    canaries: join(home, "canaries.json"),
    chainState: join(home, "chain", "state.json"),
    chainStateOf: (layer) => join(home, "chain", `${layer}.json`),
    rollup: (layer) => join(home, "rollup", `${layer}.json`),
    rollupData: (chainId) => join(home, "rollup", String(chainId)),
    logs: join(home, "logs"),
    models: join(home, "models"),
    tls: join(home, "tls"),
    settlements: join(home, "settlements"),
    content: join(home, "content"),
    sinks: join(home, "sinks"),
    data: (generation) => join(home, "data", String(generation)),
  };
}
