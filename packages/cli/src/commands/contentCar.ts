import { createReadStream } from "node:fs";
import { parseCid } from "@cortensor/data";
import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
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

/** `cortensor content export` and `import`: objects as CAR files, which other IPFS tools read and write. */
export function addContentCar(content: Command, act: Act): void {
  const exported = content
    .command("export")
    .argument("<cid>")
    .description("Write an object into a CAR file.")
    .requiredOption("--out <file>", "where to write it");
  addPlaceOptions(exported).action((cid: string, options: PlaceOptions & { readonly out: string }, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withContent(context, options, async (node) => {
        const root = parseCid(cid);
        const { signal } = context.shutdown;
        await writeOut(node.exportCar(root, { signal }), options.out, signal);
        context.output.result([`${root.toString()} is in ${options.out}`], { cid: root.toString(), out: options.out });
      }),
    ),
  );
  const imported = content
    .command("import")
    .argument("<file>")
    .description("Keep and pin the objects of a CAR file. It must hold them whole, and nothing else.");
  addDatumOptions(addPlaceOptions(imported)).action(
    (file: string, options: PlaceOptions & DatumOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withContent(context, options, async (node) => {
          const roots = (await node.importCar(createReadStream(file), datumOf(options))).map((root) => root.toString());
          context.output.result([`Pinned ${countOf(roots.length, "object")}`, ...roots], { roots });
        }),
      ),
  );
}
