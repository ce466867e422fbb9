import {
  type ContentNode,
  type ContentRoute,
  createContentNode,
  createKuboClient,
  DATUM_KINDS,
  type Datum,
  type DatumKind,
  PRIVACY_LEVELS,
  type Privacy,
} from "@cortensor/data";
import { Secret, systemClock } from "@cortensor/runtime";
import { type Command, Option } from "commander";
import type { CommandContext } from "../commandContext.js";
import { parseEnd } from "../parseEnd.js";

/** Where a content command works, and whom it asks. */
export type PlaceOptions = {
  readonly folder?: string;
  readonly peer: readonly string[];
  readonly route: readonly string[];
  readonly gateway: readonly string[];
  readonly kubo?: string;
};

/** What is put, whose it is, and how long it is kept. */
export type DatumOptions = {
  readonly kind: DatumKind;
  readonly privacy: Privacy;
  readonly ciphertext?: boolean;
  readonly owner: string;
  readonly until?: string;
};

/** Keeps what is given several times. */
const several = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export function addPlaceOptions(command: Command): Command {
  return command
    .option("--folder <folder>", "where content lies (default: `content` in --home)")
    .option("--peer <address>", "a peer to ask, as /ip4/…/tcp/…/p2p/<id>; may be given again", several, [])
    .option("--route <url>", "a router's or guard's route to ask by SHA-256; may be given again", several, [])
    .option("--gateway <url>", "an IPFS gateway to ask, as https://…/ipfs; may be given again", several, [])
    .option("--kubo <url>", "a Kubo node's RPC address, asked last (its bearer token: CONTENT_KUBO_TOKEN)");
}

export function addDatumOptions(command: Command): Command {
  return command
    .addOption(new Option("--kind <kind>", "what it is").choices(DATUM_KINDS).default("dataset"))
    .addOption(new Option("--privacy <level>", "of the session it is of").choices(PRIVACY_LEVELS).default("open"))
    .option("--ciphertext", "it is encrypted already")
    .option("--owner <name>", "whose pin it is", "local")
    .option("--until <time>", "how long it is kept: 12h, 30d or 2027-01-31 (default: until it is unpinned)");
}

export function datumOf(options: DatumOptions): Datum {
  const { kind, privacy, ciphertext, owner, until } = options;
  const untilSeconds = until === undefined ? undefined : parseEnd(until, systemClock.nowMs());
  return { kind, privacy, form: ciphertext === true ? "ciphertext" : "plain", owner, untilSeconds };
}

/** Opens a folder's content for as long as the work takes. */
export async function withContent<Result>(
  context: CommandContext,
  options: PlaceOptions & { readonly listen?: readonly string[]; readonly onlyPeers?: boolean },
  work: (node: ContentNode) => Promise<Result>,
): Promise<Result> {
  const node = await createContentNode({
    folder: options.folder ?? context.paths.content,
    nowSeconds: () => Math.floor(systemClock.nowMs() / 1_000),
    clock: systemClock,
    log: context.log("content"),
    peers: options.peer,
    routes: routesOf(options),
    ...kuboOf(context, options),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    ...(options.onlyPeers === undefined ? {} : { onlyPeers: options.onlyPeers }),
  });
  try {
    return await work(node);
  } finally {
    await node.stop();
  }
}

function routesOf({ route, gateway }: PlaceOptions): readonly ContentRoute[] {
  const digests = route.map((url) => ({ url, names: "digest" as const }));
  return [...digests, ...gateway.map((url) => ({ url, names: "gateway" as const }))];
}

function kuboOf({ env }: CommandContext, { kubo }: PlaceOptions) {
  if (kubo === undefined) return {};
  const token = env.CONTENT_KUBO_TOKEN;
  return { kubo: createKuboClient({ url: kubo, ...(token === undefined ? {} : { token: new Secret(token) }) }) };
}
