import { z } from "zod";
import { CliError } from "../cliError.js";
import { readFileIfThere, writeFileWhole } from "./writeFileWhole.js";

const port = z.int().min(1).max(65_535);
const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Ports of the last start: kept, so that addresses stay as they were. */
  ports: z.strictObject({
    http: port.optional(),
    rpc: port.optional(),
    postgres: port.optional(),
    l1: port.optional(),
    l3: port.optional(),
    base: port.optional(),
    solana: port.optional(),
  }),
  /** Which profile the local network of this home has: it stays as it was made. */
  profile: z.enum(["local", "single"]).optional(),
  /** Counts the chains that this home has had: each has data of its own. */
  generation: z.int().min(1).default(1),
  /** Where clients reach the router. */
  url: z.string().optional(),
  /** The local network's own session. */
  account: z.int().min(0).optional(),
});

/** What a home remembers between starts, beside its keys and data. */
export type HomeState = z.infer<typeof stateSchema>;

export const EMPTY_STATE: HomeState = { version: 1, ports: {}, generation: 1 };

export async function readHomeState(file: string): Promise<HomeState> {
  const text = await readFileIfThere(file);
  if (text === undefined) return EMPTY_STATE;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CliError(
      { code: "CLI_BAD_FILE", file, problem: "can't be read; remove it to start with new ports" },
      { cause },
    );
  }
}

export async function writeHomeState(file: string, state: HomeState): Promise<void> {
  await writeFileWhole(file, `${JSON.stringify(stateSchema.parse(state), undefined, 2)}\n`);
}
