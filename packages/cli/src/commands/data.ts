import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { parseCid } from "@cortensor/data";
import {
  type Address,
  type Bytes32,
  GRANT_SCOPES,
  type GrantScope,
  hashGrant,
  hexToBytes,
  keptHash,
  OBJECT_BYTES_MAX,
  objectKey,
  openGrant,
  openObject,
  portableAead,
  type SignedGrant,
  sealObject,
  signGrant,
  signKeptAsk,
  wrapGrant,
} from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { addPlaceOptions, type PlaceOptions, withContent } from "../content/openContent.js";
import { writeOut } from "../content/writeOut.js";
import { countOf } from "../countOf.js";
import { readGrantFile } from "../data/grantFiles.js";
import { addKeeperOptions, type KeeperOptions, type KeeperParts, openDataKey, withKeeper } from "../data/openKeeper.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { parseAddressArgument, parseHash } from "../parseArgument.js";
import { parseEnd } from "../parseEnd.js";
import { addDataCanaries } from "./dataCanaries.js";
import { addDataCollection } from "./dataCollection.js";
import { addDataOpenings } from "./dataOpenings.js";
import { addDataRevoke } from "./dataRevoke.js";
import { addDataShred } from "./dataShred.js";
import { addDataSource } from "./dataSource.js";

type DataOptions = KeeperOptions & PlaceOptions;
/** Until when an owner's own grant holds: as long as an end may be named. */
const OWN_GRANT = "3660d";

/** `cortensor data`: objects that only their grantees read, and nobody once they are shredded. */
export function addData(program: Command, act: Act): void {
  const data = program
    .command("data")
    .description("Keep objects encrypted, grant and revoke their reading, and shred them.");
  addKey(data, act);
  addPut(data, act);
  addGrant(data, act);
  addDataRevoke(data, act);
  addGet(data, act);
  addDataShred(data, act);
  addDataSource(data, act);
  addDataCollection(data, act);
  addDataCanaries(data, act);
  addDataOpenings(data, act);
}

function addKey(data: Command, act: Act): void {
  data
    .command("key")
    .description("Say to whom, and to which sealing key, others grant what this key is to read.")
    .requiredOption("--as <key>", "the keystore's key")
    .action(({ as }: { readonly as: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { address } = await context.keystore({ mayGenerate: false }).open(as);
        const { publicKey } = await openDataKey(context, as);
        context.output.result([`--to ${address} --sealing-key ${publicKey}`], { address, sealingKey: publicKey });
      }),
    );
}

function addPut(data: Command, act: Act): void {
  const put = data.command("put <file>").description("Encrypt and keep a file, and say its CID. Its owner is --as.");
  addPlaceOptions(addKeeperOptions(put))
    .addHelpText("after", "\nExample:\n  $ cortensor data put notes.md --as me")
    .action((file: string, options: DataOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withKeeper(context, options, (parts) => putFile(context, { file, options, parts })),
      ),
    );
}

async function putFile(
  context: CommandContext,
  { file, options, parts }: { readonly file: string; readonly options: DataOptions; readonly parts: KeeperParts },
): Promise<void> {
  const { size } = await stat(file);
  if (size > OBJECT_BYTES_MAX)
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: `has more than ${OBJECT_BYTES_MAX} bytes` });
  const secrets = { granted: new Uint8Array(randomBytes(32)), kept: new Uint8Array(randomBytes(32)) };
  const sealed = await sealObject(objectKey(secrets), new Uint8Array(await readFile(file)));
  const cid = await withContent(context, options, async (node) => {
    const datum = { kind: "file", privacy: "private", form: "ciphertext", untilSeconds: undefined } as const;
    return (await node.put([sealed], { ...datum, owner: parts.key.address })).cid.toString();
  });
  await parts.keeper.keep(cid, { owner: parts.key.address, kept: secrets.kept });
  const { publicKey } = await openDataKey(context, options.as);
  const terms = { cid, grantee: parts.key.address, scope: "share", until: OWN_GRANT } as const;
  await grantTo(parts, { ...terms, sealingKey: publicKey, granted: secrets.granted, kept: keptHash(secrets.kept) });
  const lines = [cid, `  ${countOf(size, "byte")}, encrypted; ${parts.key.address} may share it`];
  context.output.result(lines, { cid, bytes: size, owner: parts.key.address, keptHash: keptHash(secrets.kept) });
}

type GrantOptions = DataOptions & {
  readonly to: Address;
  readonly sealingKey: Bytes32;
  readonly scope: GrantScope;
  readonly until: string;
  readonly out?: string;
};

function addGrant(data: Command, act: Act): void {
  const grant = data
    .command("grant <cid>")
    .description("Let somebody read an object, until an end that you name.")
    .requiredOption("--to <address>", "whom: as their `data key` says", parseAddressArgument)
    .requiredOption("--sealing-key <key>", "what it is sealed to: as their `data key` says", parseHash)
    .addOption(new Option("--scope <scope>", "what they may do").choices(GRANT_SCOPES).default("read"))
    .requiredOption("--until <time>", "until when: 12h, 30d or 2027-01-31")
    .option("--out <file>", "where to write the grant, for its grantee");
  addKeeperOptions(grant).action((cid: string, options: GrantOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withKeeper(context, options, async (parts) => {
        const root = parseCid(cid).toString();
        const own = ownGrantOf(parts, root);
        const granted = await openHalf(context, { signed: own, as: options.as });
        const { to: grantee, sealingKey, scope, until, out } = options;
        const kept = own.grant.keptHash;
        const signed = await grantTo(parts, { cid: root, grantee, sealingKey, scope, until, granted, kept });
        if (out !== undefined) await writeFileWhole(out, `${JSON.stringify(signed, undefined, 2)}\n`);
        const grantHash = hashGrant(signed.grant);
        const end = new Date(signed.grant.expires * 1_000).toISOString();
        context.output.result([`Grant ${grantHash}: ${grantee} may ${scope} ${root} until ${end}`], {
          grantHash,
          signed,
        });
      }),
    ),
  );
}

type GetOptions = DataOptions & { readonly out: string; readonly grant?: string };

function addGet(data: Command, act: Act): void {
  const get = data
    .command("get <cid>")
    .description("Read an object by a grant, and write it into a file.")
    .requiredOption("--out <file>", "where to write it")
    .option("--grant <file>", "the grant (default: the owner's own)");
  addPlaceOptions(addKeeperOptions(get)).action((cid: string, options: GetOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) =>
      withKeeper(context, options, (parts) => getObject(context, { root: parseCid(cid).toString(), options, parts })),
    ),
  );
}

async function getObject(
  context: CommandContext,
  { root, options, parts }: { readonly root: string; readonly options: GetOptions; readonly parts: KeeperParts },
): Promise<void> {
  const { keeper, domain, key, nowSeconds } = parts;
  const signed = options.grant === undefined ? ownGrantOf(parts, root) : await readGrantFile(options.grant);
  if (signed.grant.cid !== root) throw notGranted(root, "a grant of this object");
  const ask = { grantHash: hashGrant(signed.grant), scope: "read", at: nowSeconds() } as const;
  const kept = await keeper.show(signed, signKeptAsk(domain, ask, key.key.expose()));
  const granted = await openHalf(context, { signed, as: options.as });
  const { signal } = context.shutdown;
  const sealed = await withContent(context, options, (node) => collect(node.get(parseCid(root), { signal })));
  const opened = await openObject(objectKey({ granted, kept }), sealed);
  if (opened.kind === "refused")
    throw new CliError({ code: "CLI_BAD_FILE", file: root, problem: `is ${opened.refusal}` });
  await writeOut(one(opened.bytes), options.out, signal);
  context.output.result([`${root} is in ${options.out}`], { cid: root, out: options.out, bytes: opened.bytes.length });
}

async function grantTo(
  { keeper, domain, key, nowSeconds }: KeeperParts,
  to: {
    readonly cid: string;
    readonly grantee: Address;
    readonly sealingKey: Bytes32;
    readonly scope: GrantScope;
    readonly until: string;
    readonly granted: Uint8Array;
    readonly kept: Bytes32;
  },
): Promise<SignedGrant> {
  const { cid, grantee, scope, granted, kept } = to;
  const expires = parseEnd(to.until, nowSeconds() * 1_000);
  const terms = { owner: key.address, cid, grantee, suite: "x25519", scope, expires, keptHash: kept } as const;
  const publicKey = new Uint8Array(hexToBytes(to.sealingKey));
  const grant = await wrapGrant(terms, { granted, publicKey, aead: portableAead });
  const signed = signGrant(domain, grant, key.key.expose());
  await keeper.register(signed);
  return signed;
}

/** The owner's grant to itself, by which it knows the half that it grants to others. */
function ownGrantOf({ keeper, key }: KeeperParts, cid: string): SignedGrant {
  const isOwn = ({ grant }: SignedGrant) => grant.owner === key.address && grant.grantee === key.address;
  const own = keeper.grantsOf(cid).find(isOwn);
  if (own === undefined) throw notGranted(cid, "an object of this key's own that isn't shredded");
  return own;
}

async function openHalf(
  context: CommandContext,
  { signed, as }: { readonly signed: SignedGrant; readonly as: string },
): Promise<Uint8Array> {
  const { key } = await openDataKey(context, as);
  const privateKey = new Uint8Array(hexToBytes(key.expose()));
  const granted = await openGrant(signed.grant, { privateKey, aead: portableAead });
  if (granted === undefined) throw notGranted(signed.grant.cid, "a grant to this key's sealing key");
  return granted;
}

function notGranted(argument: string, expected: string): CliError {
  return new CliError({ code: "CLI_BAD_ARGUMENT", argument, expected });
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
