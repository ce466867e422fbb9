import { createChainWriter, readGrantRevokedAt, revokeGrant, revokeObjectGrants } from "@cortensor/chain";
import { parseCid } from "@cortensor/data";
import { type Bytes32, hashGrant, signGrantRevocation } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { addKeeperOptions, type KeeperOptions, type KeeperParts, withKeeper } from "../data/openKeeper.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash } from "../parseArgument.js";

type RevokeOptions = KeeperOptions & { readonly all?: true };

/** `cortensor data revoke`: takes a grant, or all of an object's, back at this keeper and on chain, where every other keeper reads it. */
export function addDataRevoke(data: Command, act: Act): void {
  const revoke = data
    .command("revoke <cid> [grant]")
    .description("Take a grant back, by its hash, here and on chain. It counts from the next reading on.")
    .option("--all", "every grant of the object instead, your own too: for good, also such as are signed later");
  addKeeperOptions(revoke)
    .addHelpText("after", "\nExample:\n  $ cortensor data revoke bafk… 0x5a… --as me")
    .action((cid: string, grant: string | undefined, options: RevokeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        withKeeper(context, options, async (parts) => {
          const root = parseCid(cid).toString();
          if ((grant === undefined) !== (options.all === true)) throw oneOfBoth(grant ?? "<grant>");
          if (grant === undefined) await revokeAll(context, { root, options, parts });
          else await revokeOne(context, { root, options, parts, grantHash: parseHash(grant) });
        }),
      ),
    );
}

type Revoking = { readonly root: string; readonly options: RevokeOptions; readonly parts: KeeperParts };

async function revokeOne(
  context: CommandContext,
  { root, options, parts, grantHash }: Revoking & { readonly grantHash: Bytes32 },
): Promise<void> {
  await revokeHere(parts, root, grantHash);
  const kept = parts.keeper.objectOf(root)?.keptHash;
  const chain = await writerOf(context, options, parts);
  if (chain !== undefined && kept !== undefined) {
    const known = await readGrantRevokedAt(chain, { owner: parts.key.address, grantHash, keptHash: kept });
    // A command that was cut off is given again.
    if (known === undefined) await revokeGrant(chain, grantHash);
  }
  const said = { cid: root, grantHash, revoked: true, onChain: chain !== undefined };
  context.output.result([`Grant ${grantHash} opens nothing any more.`], said);
}

async function revokeAll(context: CommandContext, { root, options, parts }: Revoking): Promise<void> {
  const { keeper, key } = parts;
  const object = keeper.objectOf(root);
  if (object?.owner !== key.address) {
    const expected = "an object of this key's own whose half is kept here";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: root, expected });
  }
  const grants = keeper.grantsOf(root);
  for (const signed of grants) await revokeHere(parts, root, hashGrant(signed.grant));
  const chain = await writerOf(context, options, parts);
  if (chain !== undefined) {
    // Of a hash that is no grant's, only what was said of the object counts.
    const of = { owner: key.address, grantHash: object.keptHash, keptHash: object.keptHash };
    if ((await readGrantRevokedAt(chain, of)) === undefined) await revokeObjectGrants(chain, object.keptHash);
  }
  const said = { cid: root, grants: grants.length, revoked: true, onChain: chain !== undefined };
  context.output.result(
    [`${countOf(grants.length, "grant")} of ${root} open nothing any more, and no later one.`],
    said,
  );
}

async function revokeHere(
  { keeper, domain, key, nowSeconds }: KeeperParts,
  root: string,
  grantHash: Bytes32,
): Promise<void> {
  const revocation = { owner: key.address, grantHash, at: nowSeconds() };
  await keeper.revoke(root, signGrantRevocation(domain, revocation, key.key.expose()));
}

/** Keepers that this one doesn't know of hear of it on chain. Undefined where none is asked. */
async function writerOf(context: CommandContext, { network, offline }: RevokeOptions, { key }: KeeperParts) {
  if (offline === true) return undefined;
  const { profile } = await findNetwork(context, network);
  return createChainWriter({ profile, privateKey: key.key.expose() });
}

function oneOfBoth(argument: string): CliError {
  return new CliError({ code: "CLI_BAD_ARGUMENT", argument, expected: "the hash of one grant, or --all" });
}
