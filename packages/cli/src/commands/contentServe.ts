import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ContentNode, type DatumKind, digestOf } from "@cortensor/data";
import { bytesToHex, isBytes32, SET_BYTES_MAX, sha256Bytes } from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { addPlaceOptions, type PlaceOptions, withContent } from "../content/openContent.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { untilStopped } from "../untilStopped.js";

/** Nobody but this machine, until its operator says otherwise. */
const LISTEN_DEFAULT = "/ip4/127.0.0.1/tcp/0";
/** What is published by its SHA-256 today: settlement sets and work records by routers, documents of verdicts by guards. */
const PUBLISHED = ["settlementSet", "workRecord", "verdictDocument"] as const;

type ServeOptions = PlaceOptions & { readonly listen: readonly string[]; readonly onlyPeers?: boolean };
type SetsOptions = PlaceOptions & { readonly kind: (typeof PUBLISHED)[number]; readonly owner: string };

/** `cortensor content serve` and `sets`: what a folder holds, for peers; and what a router or guard has published, put into it. */
export function addContentServe(content: Command, act: Act): void {
  const serve = content
    .command("serve")
    .description("Give a folder's content to peers, until stopped.")
    .option(
      "--listen <address>",
      `where to listen; may be given again (default: ${LISTEN_DEFAULT})`,
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option("--only-peers", "let none but those named by --peer connect");
  addPlaceOptions(serve).action((options: ServeOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) => {
      const listen = options.listen.length === 0 ? [LISTEN_DEFAULT] : options.listen;
      return withContent(context, { ...options, listen }, async (node) => {
        const { addresses } = node.stat();
        context.output.result(["Peers find this content at", ...addresses.map((one) => `  ${one}`)], { addresses });
        await untilStopped(context.shutdown);
      });
    }),
  );
  const sets = content
    .command("sets")
    .argument("<folder>", "files named by their SHA-256, as a router's `settlements`")
    .description("Keep what a router or guard has published, so that peers find it when its publisher is gone.")
    .addOption(new Option("--kind <kind>", "what the files are").choices(PUBLISHED).default("settlementSet"))
    .option("--owner <name>", "whose pins they are", "local");
  addPlaceOptions(sets).action((folder: string, options: SetsOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withContent(context, options, (node) => putSets(context, node, { ...options, from: folder })),
    ),
  );
}

async function putSets(
  context: CommandContext,
  node: ContentNode,
  { from, kind, owner }: { readonly from: string; readonly kind: DatumKind; readonly owner: string },
): Promise<void> {
  const put: { readonly sha256: string; readonly cid: string }[] = [];
  for (const name of (await readdir(from)).sort()) {
    if (!isBytes32(name)) continue;
    const file = join(from, name);
    const fail = (problem: string) => new CliError({ code: "CLI_BAD_FILE", file, problem });
    if ((await stat(file)).size > SET_BYTES_MAX) throw fail("is larger than any set");
    const bytes = await readFile(file);
    if (bytesToHex(sha256Bytes(bytes)) !== name) throw fail("isn't what its name says");
    const { cid } = await node.put([bytes], { kind, privacy: "open", form: "plain", owner, untilSeconds: undefined });
    // What fits one block is found among peers by the chain's own word for it; what doesn't has a CID of its own.
    put.push({ sha256: name, cid: cid.toString() });
    if (digestOf(cid) !== name) context.output.warn("content.large", `${name} is ${cid.toString()} among peers`);
  }
  context.output.result([`Pinned ${countOf(put.length, "set")}`], { put });
}
