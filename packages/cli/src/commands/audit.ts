import { compareBalances, owedOf } from "@cortensor/books";
import type { Bytes32 } from "@cortensor/protocol";
import type { Command } from "commander";
import { type AuditedSettlement, auditSets } from "../audit/auditSets.js";
import { conclude } from "../audit/conclude.js";
import { openSets } from "../audit/readSets.js";
import { replayChain } from "../audit/replayChain.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash } from "../parseArgument.js";
import { readReceiptFile } from "../receiptFile.js";
import { addRecordAudits } from "./auditRecords.js";

type AuditOptions = { readonly network?: string };
type SettlementOptions = AuditOptions & {
  readonly id?: Bytes32 | "all";
  readonly sets?: string;
  readonly receipt?: string;
};

/** `cortensor audit`: recomputes what everyone has from public data, with every router and database off. */
export function addAudit(program: Command, act: Act): void {
  const audit = program
    .command("audit")
    .description(
      "Recompute every balance from public data alone, and name what differs. Ends with 1 if anything does.",
    );
  audit
    .command("balances")
    .description("Compare the payment contract's state with what its logs add up to. Needs nothing but the chain.")
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor audit balances --network networks/local.json --json")
    .action((options: AuditOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => auditBalances(context, options)),
    );
  audit
    .command("settlement")
    .description("Compare settlements with their published sets: fees, credits, and that no task is paid twice.")
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .option(
      "--id <settlement>",
      "one settlement's id, or `all`",
      (text) => (text === "all" ? text : parseHash(text)),
      "all",
    )
    .option(
      "--sets <folder|url>",
      "where the sets are: a folder, a router, or peers:<endpoint>,… (default: `settlements` in --home)",
    )
    .option("--receipt <file>", "say of each set whether it has this receipt's task, or between which two it isn't")
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor audit settlement --sets ./settlements\n  $ cortensor audit settlement --sets https://router.example:8640 --receipt receipt.json",
    )
    .action((options: SettlementOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => auditSettlement(context, options)),
    );
  addRecordAudits(audit, act);
}

async function auditBalances(context: CommandContext, options: AuditOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const chain = await replayChain(profile);
  const { state, settlements, blockNumber, events } = chain;
  const snapshot = await chain.readSnapshot(state);
  const differences = [...chain.differences, ...compareBalances(state, snapshot)];
  const owedWei = owedOf(state);
  const { heldWei } = snapshot;
  const counted = [
    countOf(state.accounts.size, "account"),
    countOf(state.operators.size, "lane"),
    countOf(settlements.length, "settlement"),
  ];
  const lines = [
    `${counted.join(", ")} from ${countOf(events, "event")} up to block ${blockNumber}.`,
    `Owed ${formatCor(owedWei)}; the contract holds ${formatCor(heldWei)}.`,
  ];
  const { accounts, operators } = { accounts: state.accounts.size, operators: state.operators.size };
  const data = { blockNumber, events, accounts, operators, settlements: settlements.length, owedWei, heldWei };
  conclude(context, { lines, data, differences });
}

async function auditSettlement(context: CommandContext, options: SettlementOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  const document = options.receipt === undefined ? undefined : await readGivenReceipt(options.receipt);
  const id = options.id === "all" ? undefined : options.id;
  const chain = await replayChain(profile);
  const readSet = openSets(options.sets ?? context.paths.settlements, context.shutdown.signal);
  const { audited, differences } = await auditSets(chain, {
    readSet,
    ...(id === undefined ? {} : { id }),
    ...(document === undefined ? {} : { document }),
  });
  if (id !== undefined && audited.length === 0) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--id", expected: `a settlement of ${profile.name}` });
  }
  conclude(context, { lines: audited.flatMap(formatSettlement), data: { settlements: audited }, differences });
}

async function readGivenReceipt(file: string) {
  const document = await readReceiptFile(file);
  if (document === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "isn't there" });
  return document;
}

function formatSettlement({ settlementId, blockNumber, debitedWei, tasks, receipt }: AuditedSettlement) {
  const what = tasks === undefined ? "no set" : countOf(tasks, "task");
  const line = `${settlementId} in block ${blockNumber}: ${what}, ${formatCor(debitedWei)}`;
  if (receipt === undefined) return [line];
  if (receipt.kind === "present") return [line, `  pays the receipt's task ${formatCor(receipt.entry.feeWei)}`];
  const { before = "the beginning", after = "the end" } = receipt;
  return [line, `  has not the receipt's task: nothing stands between ${before} and ${after}`];
}
