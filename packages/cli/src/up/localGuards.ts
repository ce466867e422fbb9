import { join } from "node:path";
import { type ChainWriter, createChainWriter, readStakePosition } from "@cortensor/chain";
import { countOf } from "../countOf.js";
import { ensureStake } from "../enrolNode.js";
import { fillUp } from "../faucet.js";
import type { OpenedKey } from "../home/keystore.js";
import { LOCAL_AMOUNTS } from "./localAmounts.js";
import { ENTRY, type LocalParts } from "./localChildren.js";
import type { LocalGround } from "./localGround.js";
import { type SupervisedChild, superviseChild } from "./superviseChild.js";

/** A guard's own owner, and its key. */
type GuardKeys = { readonly operator: OpenedKey; readonly signer: OpenedKey };

/**
 * Runs guards, each of an owner of its own with a stake of its own. All of them are on one machine and one person's: a quorum of theirs shows
 * how it is done, and proves nothing to anybody else. Resolves when all of them answer.
 */
export async function startLocalGuards(
  parts: LocalParts,
  of: {
    readonly ground: LocalGround;
    readonly dataFolder: string;
    /** What they are told beside: of chains whose deposits they attest. */
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { context, options } = parts;
  const { output, shutdown } = context;
  if (options.guards === 0) return;
  const keys = await openGuardKeys(parts);
  if (shutdown.signal.aborted) return;
  await fundGuards(of.ground, keys);
  output.progress("guards.funded", `${countOf(keys.length, "guard")} staked, each by an owner of its own`);
  const children = keys.map((own) => startGuardChild(parts, own, of));
  shutdown.add("guards", async () => {
    await Promise.all(children.map((child) => child.stop()));
  });
  await Promise.all(children.map((child) => child.ready));
  const said = `${countOf(children.length, "guard")} ${children.length === 1 ? "is" : "are"} ready: a demonstration quorum`;
  output.progress("guards.ready", `${said}, all of it on this machine. \`cortensor guard status\` shows it`, {
    guards: keys.map(({ signer }) => signer.address),
  });
}

async function openGuardKeys({ context, options }: LocalParts): Promise<readonly GuardKeys[]> {
  const keystore = context.keystore({ mayGenerate: true });
  const keys: GuardKeys[] = [];
  // One after the other: a network that answers already has the machine to itself.
  for (let number = 1; number <= options.guards; number += 1) {
    const operator = await keystore.openOrCreate(`guard-${number}-operator`);
    keys.push({ operator, signer: await keystore.openOrCreate(`guard-${number}`) });
  }
  return keys;
}

async function fundGuards({ profile, faucet }: LocalGround, keys: readonly GuardKeys[]): Promise<void> {
  const { guardStakeWei: stakeWei } = LOCAL_AMOUNTS;
  for (const { operator, signer } of keys) {
    const chain = createChainWriter({ profile, privateKey: operator.key.expose() });
    // It posts on both chains.
    await fillUp(faucet, { to: signer.address, corWei: 0n, homeCorWei: 0n });
    // It joins the queue where sessions are, and stakes where stake is.
    await fillUp(faucet, { to: operator.address, corWei: 0n, homeCorWei: 0n });
    const missingWei = stakeWei - (await ownStakeWei(chain));
    if (missingWei > 0n) await fillUp(faucet, { to: operator.address, homeCorWei: missingWei });
    await ensureStake(chain, { stakeWei });
  }
}

async function ownStakeWei(owner: ChainWriter): Promise<bigint> {
  const { account } = owner;
  return (await readStakePosition(owner, { operator: account, holder: account })).stakedWei;
}

function startGuardChild(
  parts: LocalParts,
  keys: GuardKeys,
  told: { readonly dataFolder: string; readonly env: Readonly<Record<string, string>> },
): SupervisedChild {
  const { context, clock, random } = parts;
  const { output, paths } = context;
  const { operator, signer } = keys;
  const env = {
    ...process.env,
    GUARD_PROFILE: paths.profile,
    GUARD_SIGNER_KEY: signer.key.expose(),
    GUARD_OPERATOR_KEY: operator.key.expose(),
    GUARD_STORE: join(told.dataFolder, "guards", signer.name),
    GUARD_PORT: "0",
    GUARD_SETS: paths.settlements,
    // A chain of one machine is never reorganised.
    GUARD_FINALITY_BLOCKS: process.env.GUARD_FINALITY_BLOCKS ?? "2",
    GUARD_POLL: process.env.GUARD_POLL ?? "1s",
    ...told.env,
  };
  const args = ["--home", paths.home, "guard"];
  const logFile = join(paths.logs, `${signer.name}.log`);
  return superviseChild({ name: signer.name, entry: ENTRY, args, env, logFile }, { output, clock, random });
}
