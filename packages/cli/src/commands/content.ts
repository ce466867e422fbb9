import { createReadStream } from "node:fs";
import { type Cid, type ContentNode, parseCid } from "@cortensor/data";
import { isBytes32 } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import {
  addDatumOptions,
  addPlaceOptions,
  type DatumOptions,
  datumOf,
  type PlaceOptions,
  withContent,
} from "../content/openContent.js";
import { writeOut } from "../content/writeOut.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { wholeNumber } from "../parseArgument.js";
import { addContentCar } from "./contentCar.js";
import { addContentServe } from "./contentServe.js";

/** Pins that `stat` lists; it counts all. */
const PINS_SHOWN = 100;
/** A year: nobody leaves garbage longer by mistake. */
const GRACE_SECONDS_MAX = 31_536_000;

/** `cortensor content`: what is kept, given and fetched by its CID. */
export function addContent(program: Command, act: Act): void {
  const content = program
    .command("content")
    .description("Keep, give and fetch data by its CID. What is fetched is checked, whoever it came from.");
  addPut(content, act);
  addGet(content, act);
  addPins(content, act);
  addPlaceOptions(content.command("stat").description("Show what a folder holds, and what is pinned.")).action(
    (options: PlaceOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, (node) => stat(context, node)),
      ),
  );
  addContentCar(content, act);
  addContentServe(content, act);
}

function addPut(content: Command, act: Act): void {
  const put = content.command("put").argument("<file>").description("Keep and pin a file, and say its CID.");
  addDatumOptions(addPlaceOptions(put))
    .addHelpText("after", "\nExample:\n  $ cortensor content put data.jsonl --kind dataset --until 30d")
    .action((file: string, options: PlaceOptions & DatumOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, async (node) => {
          const { cid, bytes, sha256, blocks } = await node.put(createReadStream(file), datumOf(options));
          const lines = [
            cid.toString(),
            `  ${countOf(bytes, "byte")} in ${countOf(blocks.length, "block")}, SHA-256 ${sha256}`,
          ];
          context.output.result(lines, { cid: cid.toString(), bytes, sha256, blocks: blocks.length });
        }),
      ),
    );
}

function addGet(content: Command, act: Act): void {
  const get = content
    .command("get")
    .argument("<cid|sha256>", "a CID, or the SHA-256 that a chain holds")
    .description("Write an object into a file, each block from where it is found first.")
    .requiredOption("--out <file>", "where to write it");
  addPlaceOptions(get)
    .addHelpText(
      "after",
      "\nExample:\n  $ cortensor content get bafk… --out data.jsonl --peer /ip4/10.0.0.5/tcp/4001/p2p/12D3…",
    )
    .action((name: string, options: PlaceOptions & { readonly out: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, async (node) => {
          const root = rootOf(node, name);
          const { signal } = context.shutdown;
          await writeOut(node.get(root, { signal }), options.out, signal);
          context.output.result([`${root.toString()} is in ${options.out}`], {
            cid: root.toString(),
            out: options.out,
          });
        }),
      ),
    );
}

function addPins(content: Command, act: Act): void {
  const named = (name: string, description: string) =>
    addDatumOptions(addPlaceOptions(content.command(name).argument("<cid|sha256>").description(description)));
  named("pin", "Keep an object, fetching what of it isn't here.").action(
    (name: string, options: PlaceOptions & DatumOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, async (node) => {
          const { owner, kind, untilSeconds } = datumOf(options);
          const root = rootOf(node, name);
          await node.pin(root, { owner, kind, untilSeconds, signal: context.shutdown.signal });
          context.output.result([`Pinned ${root.toString()}`], { cid: root.toString(), owner, kind, untilSeconds });
        }),
      ),
  );
  named("unpin", "Take a pin away.").action((name: string, options: PlaceOptions & DatumOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withContent(context, options, async (node) => {
        const root = rootOf(node, name);
        const wasPinned = await node.unpin(root, options);
        const line = wasPinned ? `Unpinned ${root.toString()}` : `${options.owner} has no such pin`;
        context.output.result([line], { cid: root.toString(), wasPinned });
      }),
    ),
  );
  addPlaceOptions(content.command("collect").description("Remove what no pin reaches and is older than the grace."))
    .option("--grace <seconds>", "how old", wholeNumber(0, GRACE_SECONDS_MAX))
    .action((options: PlaceOptions & { readonly grace?: number }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, async (node) => {
          const collected = await node.collect(options.grace === undefined ? {} : { graceSeconds: options.grace });
          const { blocks, bytes, pins } = collected;
          const line = `Removed ${countOf(blocks, "block")} of ${countOf(bytes, "byte")}, and ${countOf(pins, "pin")} that had run out`;
          context.output.result([line], collected);
        }),
      ),
    );
}

async function stat(context: CommandContext, node: ContentNode): Promise<void> {
  const stat = node.stat();
  const pins = node.listPins(PINS_SHOWN);
  const lines = [
    `${countOf(stat.blocks, "block")} of ${countOf(stat.bytes, "byte")}, ${countOf(stat.pins, "pin")}`,
    ...pins.map(({ root, kind, owner, untilSeconds }) => {
      const end =
        untilSeconds === undefined ? "until unpinned" : `until ${new Date(untilSeconds * 1_000).toISOString()}`;
      return `  ${root}  ${kind}, ${owner}, ${end}`;
    }),
  ];
  context.output.result(lines, { ...stat, pinned: pins });
}

function rootOf(node: ContentNode, name: string): Cid {
  const digest = name.toLowerCase();
  if (isBytes32(digest)) return node.rootOf(digest);
  if (!name.startsWith("0x")) return parseCid(name);
  const expected = "a CID, or a SHA-256 as 0x and 64 hex digits";
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: name.slice(0, 100), expected });
}
