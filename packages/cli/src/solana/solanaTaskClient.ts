import {
  connectSolana,
  type HubState,
  parseHubPlace,
  parseSolanaKey,
  readHub,
  readTask,
  type SolanaCluster,
  type SolanaHubPlace,
  type SolanaPayer,
  sendSolana,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import { readSolanaAnswer, type SolanaAnswer } from "@cortensor/protocol";
import type { Address } from "@solana/kit";
import { CliError } from "../cliError.js";
import { readKeypair } from "./keypairFile.js";
import { untilConfirmed } from "./untilConfirmed.js";

/** What every command about a task over Solana is told. */
export type SolanaTaskOptions = {
  readonly rpc: string;
  readonly genesis?: string;
  readonly program: string;
  readonly hub: string;
  readonly keypair: string;
};

/** A client of tasks over Solana: it asks one RPC, and no other chain. */
export type SolanaTaskClient = {
  readonly cluster: SolanaCluster;
  readonly place: SolanaHubPlace;
  readonly hub: HubState;
  readonly key: SolanaPayer;
  task(at: Address): Promise<TaskState>;
  /** Resolves when it is confirmed. */
  send(instructions: Parameters<typeof sendSolana>[1]["instructions"]): Promise<void>;
};

export async function openSolanaTaskClient(options: SolanaTaskOptions, signal: AbortSignal): Promise<SolanaTaskClient> {
  const known = options.genesis === undefined ? {} : { genesisHash: parseSolanaKey(options.genesis) };
  const cluster = await connectSolana({ url: options.rpc, ...known });
  const place = parseHubPlace(options);
  const hub = await readHub(cluster, place, "confirmed");
  const key = await readKeypair(options.keypair);
  return {
    cluster,
    place,
    hub,
    key,
    async task(at) {
      const found = await readTask(cluster, place, at);
      if (found !== undefined) return found;
      throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: at, expected: "the account of a task of this hub" });
    },
    send: async (instructions) =>
      untilConfirmed(cluster, await sendSolana(cluster, { payer: key, instructions }), signal),
  };
}

/** What a task's account shows, where it is what was committed to and made for it. */
export function answerIn(task: TaskState): SolanaAnswer | undefined {
  return readSolanaAnswer({ ...task, account: solanaKeyToHex(task.address) });
}
