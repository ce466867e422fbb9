import { describeSealing, encodeReceiptDocument, type ReceiptDocument } from "@cortensor/protocol";
import { verifyReceipt } from "@cortensor/sdk";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork, openClient } from "../networkAccess.js";
import { readReceiptFile } from "../receiptFile.js";

/** Time in which a router acknowledges what it has just answered. */
const WAIT_MS = 5_000;

type ReceiptOptions = { readonly router?: string; readonly network?: string };

/** `cortensor receipt`: what a task cost, and whether that is true. */
export function addReceipt(program: Command, act: Act): void {
  const receipt = program
    .command("receipt")
    .description("Show a task's receipt, and check it against the chain alone.");
  receipt
    .command("verify <task|file>")
    .description("Check a receipt: its signer's registration is read from the chain, no router is trusted.")
    .option("--router <url>", "where to fetch it (default: the one in --home)")
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor receipt verify 0x5a…c1\n  $ cortensor receipt verify receipt.json --network networks/local.json",
    )
    .action((task: string, options: ReceiptOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const document = await findDocument(context, task, options);
        const { profile } = await findNetwork(context, options.network ?? options.router);
        const check = await verifyReceipt(document, { deployment: profile });
        if (check.kind === "invalid") throw new CliError({ code: "CLI_RECEIPT_INVALID", reason: check.reason });
        context.output.result(["Valid.", ...formatReceipt(document)], {
          valid: true,
          document: encodeReceiptDocument(document),
        });
      }),
    );
  receipt
    .command("show <task>")
    .description("Show a receipt as its router gives it.")
    .option("--router <url>", "where to fetch it (default: the one in --home)")
    .action((task: string, options: ReceiptOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const document = await findDocument(context, task, options);
        context.output.result(formatReceipt(document), { document: encodeReceiptDocument(document) });
      }),
    );
}

/** From a file, or else from the router. */
async function findDocument(context: CommandContext, task: string, options: ReceiptOptions): Promise<ReceiptDocument> {
  const document = await readReceiptFile(task);
  return document ?? (await openClient(context, options)).receipt(task, { waitMs: WAIT_MS });
}

function formatReceipt({ receipt, payees, proof, label, sealing }: ReceiptDocument): readonly string[] {
  return [
    `  Task      ${receipt.taskId}`,
    `  Fee       ${formatCor(receipt.feeWei)} for ${receipt.nIn} + ${receipt.nOut} tokens (${receipt.finish})`,
    `  Account   ${receipt.account}, custody ${receipt.custody}`,
    `  Operator  ${receipt.operator}`,
    `  Signer    ${proof.signer}, batch ${proof.batch.sequence} of ${proof.batch.count}`,
    ...(label === undefined ? [] : [`  Proof     ${label}, by the router's word`]),
    ...(sealing === undefined
      ? []
      : [
          `  Sealing   ${describeSealing(sealing)}, by the router's word`,
          ...sealing.readers.map((reader) => `  Reader    ${reader}`),
        ]),
    ...payees.map(
      ({ miner, from, to, wei }) => `  Paid      ${formatCor(wei)} to ${miner} for tokens ${from} to ${to}`,
    ),
  ];
}
