import { join } from "node:path";
import { createChainReader, type NetworkProfile, readGrantRevokedAt, readMemberRole } from "@cortensor/chain";
import { GrantKeeper, type GrantKeeperParts } from "@cortensor/data";
import { type Address, type Eip712Domain, registryDomain } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import type { CommandContext } from "../commandContext.js";
import type { OpenedKey, OpenedSealingKey } from "../home/keystore.js";
import { findNetwork } from "../networkAccess.js";

/** Where a keeper's halves and grants lie, on which network they count, and whose key acts. */
export type KeeperOptions = {
  readonly keeper?: string;
  readonly network?: string;
  /** Whether the chain is asked nothing: it may be gone. */
  readonly offline?: true;
  readonly as: string;
};

/** What every `data` command works with. */
export type KeeperParts = {
  readonly keeper: GrantKeeper;
  readonly domain: Eip712Domain;
  readonly nowSeconds: () => number;
  /** Who signs. */
  readonly key: OpenedKey;
};

const nowSeconds = () => Math.floor(systemClock.nowMs() / 1_000);

/** Opens a keeper's folder, and the key that acts, for as long as the work takes. */
export async function withKeeper<Result>(
  context: CommandContext,
  options: KeeperOptions,
  work: (parts: KeeperParts) => Promise<Result>,
): Promise<Result> {
  const { profile } = await findNetwork(context, options.network);
  const domain = domainOf(profile);
  const key = await context.keystore({ mayGenerate: false }).open(options.as);
  const folder = options.keeper ?? join(context.paths.home, "keeper");
  const keeper = await GrantKeeper.open({ folder, domain, nowSeconds, ...chainOf(profile, options) });
  try {
    return await work({ keeper, domain, nowSeconds, key });
  } finally {
    await keeper.close();
  }
}

/** The chain and contract under which grants are signed. */
export async function grantsDomain(
  context: CommandContext,
  { network }: Pick<KeeperOptions, "network">,
): Promise<Eip712Domain> {
  return domainOf((await findNetwork(context, network)).profile);
}

function domainOf({ chainId, addresses }: NetworkProfile): Eip712Domain {
  return registryDomain({ chainId, registry: addresses.registry });
}

/** By which a keeper asks the chain: what was taken back, and, on a private network, who is a member. */
function chainOf(
  profile: NetworkProfile,
  { offline }: KeeperOptions,
): Pick<GrantKeeperParts, "readRevoked" | "readMember"> {
  if (offline === true) return {};
  const chain = createChainReader({ profile });
  return {
    readRevoked: async (grant) => (await readGrantRevokedAt(chain, grant)) !== undefined,
    ...(profile.isPrivate === true && {
      readMember: async (account: Address) => (await readMemberRole(chain, account)) !== "none",
    }),
  };
}

/** The key that grants to a name of the keystore are sealed to; made with the first use. */
export function openDataKey(context: CommandContext, as: string): Promise<OpenedSealingKey> {
  return context.keystore({ mayGenerate: false }).openOrCreateSealing(`${as}-data`);
}

/** Options of every command that asks a keeper. */
export function addKeeperOptions(command: Command): Command {
  return command
    .requiredOption("--as <key>", "the keystore's key that acts")
    .option("--keeper <folder>", "where halves of keys and grants lie (default: `keeper` in --home)")
    .option(
      "--offline",
      "ask the chain nothing, what owners took back there nor who is a member: what this keeper was told counts alone",
    )
    .option("--network <file|url>", "the network whose registry grants are signed for (default: the one in --home)");
}
