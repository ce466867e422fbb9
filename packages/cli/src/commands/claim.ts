import { join } from "node:path";
import {
  type ChainWriter,
  createChainWriter,
  finaliseClaim,
  type ListedClaim,
  listClaims,
  listOwed,
  type OpenedClaim,
  openCheckpointClaim,
  openNoteClaim,
  openReceiptClaim,
  readClaimDeposit,
  readCredit,
  readHead,
  withdrawCredit,
} from "@cortensor/chain";
import { type ClaimPlan, findStore, openNoteBook, openOutbox, openStore, planClaims } from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { ensureFunds } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";
import { requireOutbox } from "../requireOutbox.js";

type ClaimOptions = {
  readonly as: string;
  readonly to?: Address;
  readonly network?: string;
  readonly outbox?: string;
  readonly dryRun?: boolean;
};

/** `cortensor claim`: a miner's pay out of a router operator's bond, with nobody else's help. */
export function addClaim(program: Command, act: Act): void {
  program
    .command("claim")
    .description(
      "Force payment of what routers promised a miner: opens claims on their operators' bonds, finalises those whose day is over, and withdraws.",
    )
    .option("--as <name>", "name of the miner's key", "miner")
    .option("--outbox <folder>", "the miner's outbox (default: where `cortensor miner` keeps it)")
    .option("--to <address>", "who gets the COR (default: the key's own address)", parseAddressArgument)
    .option("--network <file|url>", "the network (default: the one in --home)")
    .option("--dry-run", "say what would be done, and do nothing")
    .addHelpText(
      "after",
      "\nRun it once to open claims, and again 24 hours later to be paid. A claim on a receipt or a checkpoint puts down a deposit that comes back.\n\nExamples:\n  $ cortensor claim --network http://10.0.0.5:8080 --dry-run\n  $ cortensor claim --network http://10.0.0.5:8080",
    )
    .action((options: ClaimOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => claim(context, options)),
    );
}

async function claim(context: CommandContext, options: ClaimOptions): Promise<void> {
  const { output, paths, env } = context;
  const { profile } = await findNetwork(context, options.network);
  const { address, key } = await context.keystore({ mayGenerate: false }).open(options.as);
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  const named = options.outbox ?? env.MINER_OUTBOX;
  const folder = named ?? join(paths.home, "miners", profile.name, "outbox", `${profile.t0}-${options.as}`);
  const claims = await listClaims(chain, { payee: address });
  const isWithoutOutbox = named === undefined && findStore(folder).kind === "missing" && claims.some(isOpen);
  if (isWithoutOutbox) {
    const says = `There is no outbox in ${folder}: what was claimed before goes on, nothing new is claimed`;
    output.progress("claim.outboxMissing", says, { folder });
  } else requireOutbox(folder);
  const plans = isWithoutOutbox ? [] : await planOf(context, { chain, folder, claims });
  const nowSeconds = (await readHead(chain)).timestamp;
  const due = claims.filter((one) => isOpen(one) && one.finaliseAt <= nowSeconds);
  for (const plan of plans) {
    const data = { kind: plan.kind, operator: plan.operator, wei: plan.wei };
    output.progress(
      "claim.planned",
      `${formatCor(plan.wei)} can be claimed on a ${plan.kind} of ${plan.operator}`,
      data,
    );
  }
  if (options.dryRun === true) {
    const lines = [`${plans.length} claims would be opened, ${due.length} finalised.`];
    output.result(lines, { address, open: plans.length, finalise: due.length, claims: claims.map(toJson) });
    return;
  }
  if (plans.length > 0 || due.length > 0) await fund(chain, plans);
  for (const plan of plans) {
    const { id, finaliseAt } = await open(chain, plan);
    const at = new Date(finaliseAt * 1_000).toISOString();
    output.progress("claim.opened", `Claim ${id} may be finalised at ${at}`, { id, finaliseAt });
  }
  let paidWei = 0n;
  for (const { id } of due) {
    const paid = await finaliseClaim(chain, id);
    paidWei += paid.paidWei;
    output.progress("claim.finalised", `Claim ${id} paid ${formatCor(paid.paidWei)}`, { id, paidWei: paid.paidWei });
  }
  const lanes = (await listOwed(chain, address)).map(({ lane }) => lane);
  const to = options.to ?? address;
  const withdrawnWei = lanes.length === 0 ? 0n : (await withdrawCredit(chain, { payee: address, lanes, to })).wei;
  const waiting = (await listClaims(chain, { payee: address })).filter(isOpen);
  const lines = [
    `${plans.length} claims opened, ${due.length} finalised for ${formatCor(paidWei)}; ${formatCor(withdrawnWei)} went to ${to}.`,
    ...waiting.map(({ id, finaliseAt }) => `Claim ${id} waits until ${new Date(finaliseAt * 1_000).toISOString()}.`),
  ];
  output.result(lines, { address, to, opened: plans.length, paidWei, withdrawnWei, claims: waiting.map(toJson) });
}

/** Gas, and what claims on receipts and checkpoints put down: all of it before the first is opened. */
async function fund(chain: ChainWriter, plans: readonly ClaimPlan[]): Promise<void> {
  const deposits = BigInt(plans.filter(({ kind }) => kind !== "note").length);
  const corWei = deposits === 0n ? 0n : deposits * (await readClaimDeposit(chain));
  const what = corWei === 0n ? "gas" : `${formatCor(corWei)} to put down, and gas`;
  await ensureFunds(chain.profile, { to: chain.account, corWei, what });
}

/** What the miner's home proves, against what the chain says. */
async function planOf(
  context: CommandContext,
  parts: { readonly chain: ChainWriter; readonly folder: string; readonly claims: readonly ListedClaim[] },
): Promise<readonly ClaimPlan[]> {
  const { chain, folder, claims } = parts;
  const log = context.log("claim");
  const store = openStore(folder);
  const outbox = openOutbox({ store, log });
  try {
    const notes = openNoteBook({ store, log });
    const credited = await Promise.all(
      notes
        .operators()
        .map(async (lane) => [lane, (await readCredit(chain, { lane, payee: chain.account })).creditedWei] as const),
    );
    const creditedWei = new Map(credited);
    return planClaims({
      self: chain.account,
      notes,
      results: outbox.entries(),
      creditedWeiOf: (operator) => creditedWei.get(operator) ?? 0n,
      claims,
      nowMs: Date.now(),
    });
  } finally {
    await outbox.close();
  }
}

function open(chain: ChainWriter, plan: ClaimPlan): Promise<OpenedClaim> {
  if (plan.kind === "note") return openNoteClaim(chain, plan.note);
  const baseline = plan.baseline === undefined ? {} : { baseline: plan.baseline };
  if (plan.kind === "receipt") {
    const { receipt, payees, proof } = plan.receipt;
    return openReceiptClaim(chain, { receipt, payees, index: plan.index, proof, ...baseline });
  }
  const { assignment, assigned, acknowledged } = plan;
  const { acknowledgement, proof } = acknowledged;
  return openCheckpointClaim(chain, { assignment, assigned, acknowledgement, acknowledged: proof, ...baseline });
}

function isOpen({ isClosed }: ListedClaim): boolean {
  return !isClosed;
}

function toJson({ id, kind, operator, finaliseAt, dueWei, paidWei, isAnswered, isClosed }: ListedClaim) {
  return { id, kind, operator, finaliseAt, dueWei, paidWei, isAnswered, isClosed };
}
