import { createReadStream } from "node:fs";
import { FILE_BYTES_MAX } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { writeOut } from "../content/writeOut.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { openClient } from "../networkAccess.js";

type RouterOptions = { readonly router?: string };
type ExportOptions = RouterOptions & { readonly out: string };
type ImportOptions = RouterOptions & { readonly name?: string };

/** `cortensor data collection`: a vector store as a file of its own, and back; as it comes, whatever its size. */
export function addDataCollection(data: Command, act: Act): void {
  const collection = data
    .command("collection")
    .description("Take a vector store out as a collection, or make one of an export. Nothing is embedded anew.");
  const command = (name: string, description: string): Command =>
    collection
      .command(name)
      .description(description)
      .option("--router <url>", "the router's address (default: CORTENSOR_URL, or of the network in --home)");
  command("export <store>", "Write all of a store into a file: JSON Lines, its manifest first.")
    .requiredOption("--out <file>", "where to write it")
    .addHelpText("after", "\nExample:\n  $ cortensor data collection export vs_5a… --out notes.jsonl")
    .action((store: string, options: ExportOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => exportStore(context, store, options)),
    );
  command("import <file>", "Make a store of an export, held against its own root. Sent in pieces of 16 MiB.")
    .option("--name <name>", "what it is called")
    .addHelpText("after", "\nExample:\n  $ cortensor data collection import notes.jsonl --name notes")
    .action((file: string, options: ImportOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => importStore(context, file, options)),
    );
}

async function exportStore(context: CommandContext, store: string, { router, out }: ExportOptions): Promise<void> {
  const { output, shutdown } = context;
  const { signal } = shutdown;
  const client = await openClient(context, router === undefined ? {} : { router });
  let bytes = 0;
  const source = client.vectorStores.exportCollection(store, { signal });
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      const before = Math.floor(bytes / FILE_BYTES_MAX);
      bytes += chunk.length;
      if (Math.floor(bytes / FILE_BYTES_MAX) > before)
        output.progress("collection.read", `Read ${countOf(bytes, "byte")} of ${store}`, { bytes });
      yield chunk;
    }
  }
  await writeOut(counted(), out, signal);
  output.result([`${store} is in ${out}: ${countOf(bytes, "byte")}`], { store, out, bytes });
}

async function importStore(context: CommandContext, file: string, { router, name }: ImportOptions): Promise<void> {
  const { output, shutdown } = context;
  const { signal } = shutdown;
  const client = await openClient(context, router === undefined ? {} : { router });
  const onPiece = (bytes: number): void =>
    output.progress("collection.sent", `Sent ${countOf(bytes, "byte")} of ${file}`, { bytes });
  const asked = { signal, onPiece, ...(name === undefined ? {} : { name }) };
  const { id, embeddingModel } = await client.vectorStores.importCollection(createReadStream(file), asked);
  output.result([`store:  ${id}`, `model:  ${embeddingModel ?? "none"}`], { id, embeddingModel });
}
