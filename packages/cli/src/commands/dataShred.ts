import { parseCid } from "@cortensor/data";
import {
  type Grant,
  type ShredFault,
  type SignedShredRecord,
  shredFault,
  shredRecordOf,
  signShredRecord,
} from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { GlobalOptions } from "../commandContext.js";
import { addPlaceOptions, type PlaceOptions, withContent } from "../content/openContent.js";
import { countOf } from "../countOf.js";
import { readGrantFile, readRecordFile } from "../data/grantFiles.js";
import {
  addKeeperOptions,
  grantsDomain,
  type KeeperOptions,
  type KeeperParts,
  withKeeper,
} from "../data/openKeeper.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";

type ShredOptions = KeeperOptions & PlaceOptions & { readonly out: string };
type VerifyOptions = Pick<KeeperOptions, "network"> & { readonly grant: readonly string[] };

/** `cortensor data shred` and `verify`: make an object unreadable for ever, and hold the record of that against grants. */
export function addDataShred(data: Command, act: Act): void {
  const shred = data
    .command("shred <cid>")
    .description(
      "Destroy the kept half of an object's key, and every grant: nobody opens it again. Writes a record of it.",
    )
    .requiredOption("--out <file>", "where to write the record");
  addPlaceOptions(addKeeperOptions(shred)).action((cid: string, options: ShredOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withKeeper(context, options, async (parts) => {
        const { keeper } = parts;
        const root = parseCid(cid);
        const signed = await shredOnce(parts, root.toString());
        await writeFileWhole(options.out, `${JSON.stringify(signed, undefined, 2)}\n`);
        const { owner, keptHash, at, grants } = signed.record;
        const wasPinned = await withContent(context, options, (node) => node.unpin(root, { owner, kind: "file" }));
        const isGone = !(await keeper.has(keptHash));
        const line = `Destroyed the kept half ${keptHash} and ${countOf(grants.length, "grant")} of ${root.toString()}`;
        const said = { cid: root.toString(), owner, keptHash, at, grants: grants.length, isGone, wasPinned };
        context.output.result([line, `The record is in ${options.out}`], said);
      }),
    ),
  );
  data
    .command("verify <record>")
    .description("Hold a record of shredding against the grants that you have. It says what its signer destroyed.")
    .option("--grant <file>", "a grant of the object; may be given again", several, [])
    .option("--network <file|url>", "the network whose registry grants are signed for (default: the one in --home)")
    .action((file: string, options: VerifyOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const signed = await readRecordFile(file);
        const grants = (await Promise.all(options.grant.map(readGrantFile))).map(({ grant }) => grant);
        const fault = recordFault(signed, { grants, domain: await grantsDomain(context, options) });
        if (fault !== undefined) throw new CliError({ code: "CLI_SHRED_INVALID", fault });
        const { cid, owner, keptHash, at, grants: listed } = signed.record;
        const line = `${owner} says to have destroyed the key of ${cid}, with ${countOf(listed.length, "grant")}, at ${new Date(at * 1_000).toISOString()}`;
        context.output.result([line], { cid, owner, keptHash, at, grants: listed.length, checked: grants.length });
      }),
    );
}

/** The record of an object's shredding: made now, or when it was shredded, where its file was lost. */
async function shredOnce({ keeper, domain, key, nowSeconds }: KeeperParts, cid: string): Promise<SignedShredRecord> {
  const before = keeper.recordOf(cid);
  if (before?.record.owner === key.address) return before;
  const object = keeper.objectOf(cid);
  if (object?.owner !== key.address) {
    const expected = "an object of this key's own whose half is kept here";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: cid, expected });
  }
  const of = { owner: key.address, cid, keptHash: object.keptHash, at: nowSeconds() };
  const grants = keeper.grantsOf(cid).map(({ grant }) => grant);
  const signed = signShredRecord(domain, shredRecordOf(of, grants), key.key.expose());
  await keeper.shred(signed);
  return signed;
}

/** A grant of another object or owner says nothing of this record. */
function recordFault(
  signed: SignedShredRecord,
  { grants, domain }: { readonly grants: readonly Grant[]; readonly domain: Parameters<typeof shredFault>[0] },
): ShredFault | "otherObject" | undefined {
  const { cid, owner, keptHash } = signed.record;
  if (grants.some((grant) => grant.cid !== cid || grant.owner !== owner)) return "otherObject";
  if (grants.some((grant) => grant.keptHash !== keptHash)) return "otherKey";
  return shredFault(domain, signed, { keptHash, grants });
}

/** Keeps what is given several times. */
const several = (text: string, before: readonly string[]): readonly string[] => [...before, text];
