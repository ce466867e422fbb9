import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import type { SourcedStore } from "@cortensor/sdk";
import type { Command } from "commander";
import { z } from "zod";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { openClient } from "../networkAccess.js";

type SourceOptions = { readonly router?: string };
type AddOptions = SourceOptions & { readonly name?: string; readonly embeddingModel?: string };

const FROM_INPUT = "-";
/** More is no place. */
const FILE_CHARS_MAX = 65_536;
const fileShape = z.strictObject({
  url: z.string().min(1),
  place: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** `cortensor data source`: a place of one's own Postgres that is searched and cited as a vector store is. */
export function addDataSource(data: Command, act: Act): void {
  const source = data.command("source").description("Have a place in your own Postgres searched as a vector store.");
  const command = (name: string, description: string): Command =>
    source
      .command(name)
      .description(description)
      .option("--router <url>", "the router's address (default: CORTENSOR_URL, or of the network in --home)");
  command(
    "add <file>",
    "Make a store that stands for a place: a JSON file of url and place, or - for the standard input.",
  )
    .option("--name <name>", "what it is called")
    .option("--embedding-model <model>", "the model that made a table's vectors")
    .addHelpText(
      "after",
      `\nThe URL's credentials are read from the file alone, and the router keeps them encrypted.\n\nExample:\n  $ cortensor data source add notes.source.json --name notes`,
    )
    .action((file: string, options: AddOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => add(context, file, options)),
    );
  command("show <store>", "Say what a store stands for, without its credentials.").action(
    (store: string, options: SourceOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const client = await openClient(context, options);
        const found = await client.vectorStores.show(store, { signal: context.shutdown.signal });
        context.output.result(linesOf(found), found);
      }),
  );
  command("remove <store>", "Remove a store: the router forgets the place and its credentials.").action(
    (store: string, options: SourceOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const client = await openClient(context, options);
        await client.vectorStores.remove(store, { signal: context.shutdown.signal });
        context.output.result([`${store} is gone, and its credentials with it.`], { id: store, removed: true });
      }),
  );
}

async function add(context: CommandContext, file: string, options: AddOptions): Promise<void> {
  const { name, embeddingModel, router } = options;
  const source = await readSource(file);
  const client = await openClient(context, router === undefined ? {} : { router });
  const asked = { source, ...(name === undefined ? {} : { name }), ...(embeddingModel && { embeddingModel }) };
  const made = await client.vectorStores.addSource(asked, { signal: context.shutdown.signal });
  context.output.result(linesOf(made), made);
}

async function readSource(file: string): Promise<z.output<typeof fileShape>> {
  const fail = (problem: string) => new CliError({ code: "CLI_BAD_FILE", file, problem });
  const given = file === FROM_INPUT ? await readText(process.stdin) : await readFile(file, "utf8");
  if (given.length > FILE_CHARS_MAX) throw fail("is larger than any place");
  try {
    return fileShape.parse(JSON.parse(given));
  } catch (error) {
    // What it has isn't quoted: it holds a password.
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw fail('isn\'t {"url": "…", "place": {…}}');
    throw error;
  }
}

function linesOf({ id, name, source, embeddingModel }: SourcedStore): readonly string[] {
  return [
    `store:  ${id}${name === "" ? "" : ` (${name})`}`,
    `place:  ${source === null ? "files of its own" : source.name}`,
    ...(embeddingModel === null ? [] : [`model:  ${embeddingModel}`]),
  ];
}
