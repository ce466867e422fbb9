import { randomBytes } from "node:crypto";
import {
  buildDeposit,
  connectSolana,
  hexToSolanaSignature,
  openVault,
  parseSolanaKey,
  readStanding,
  type SentSolana,
  type SolanaCluster,
  type SolanaStanding,
  type SolanaVault,
  sendSolana,
} from "@cortensor/chain";
import { type Address, type DepositTarget, solanaDepositId } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAccount, parseAddressArgument } from "../parseArgument.js";
import { readKeypair } from "../solana/keypairFile.js";
import { formatTokenAmount, parseTokenAmount } from "../solana/tokenAmount.js";

/** Between two looks at how far a deposit is: a few of Solana's slots. */
const LOOK_MS = 1_000;

type DepositOptions = {
  readonly from: "solana";
  readonly rpc: string;
  readonly genesis?: string;
  readonly vault: string;
  readonly amount: string;
  readonly session?: number;
  readonly wallet?: Address;
  readonly keypair: string;
  readonly network?: string;
};

/** `cortensor deposit`: money for a session, from another chain than the network's own. */
export function addDeposit(program: Command, act: Act): void {
  program
    .command("deposit")
    .description("Deposit for a session from another chain, and wait until it is final there.")
    .addOption(new Option("--from <chain>", "the chain that it comes from").choices(["solana"]).makeOptionMandatory())
    .requiredOption("--rpc <url>", "a Solana RPC")
    .option("--genesis <hash>", "refuse an RPC of another cluster than this")
    .requiredOption("--vault <address>", "the network's vault: a token account")
    .requiredOption("--amount <tokens>", "how much, as 12.5")
    .addOption(new Option("--session <account>", "for an open session, by its index").argParser(parseAccount))
    .addOption(
      new Option("--wallet <address>", "for a wallet, to open a session with")
        .argParser(parseAddressArgument)
        .conflicts("session"),
    )
    .requiredOption("--keypair <file>", "the Solana key that pays, as Solana's own tools keep it")
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .addHelpText("after", EXAMPLE)
    .action((options: DepositOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => deposit(context, options)),
    );
}

const EXAMPLE = `
Example:
  $ cortensor deposit --from solana --rpc http://127.0.0.1:8899 --vault <address> --amount 50 --session 3 --keypair id.json

Guards don't credit deposits from Solana on any network yet: see docs/SOLANA.md.`;

async function deposit(context: CommandContext, options: DepositOptions): Promise<void> {
  const { output } = context;
  const to = targetOf(options);
  const from = await readKeypair(options.keypair);
  const { profile } = await findNetwork(context, options.network);
  const known = options.genesis === undefined ? {} : { genesisHash: parseSolanaKey(options.genesis) };
  const cluster = await connectSolana({ url: options.rpc, ...known });
  const place = { chainId: profile.chainId, network: profile.addresses.sessionPayment };
  const vault = await openVault(cluster, { vault: parseSolanaKey(options.vault), ...place });
  const amount = parseTokenAmount(options.amount, vault.decimals);
  const nonce = randomBytes(8).readBigUInt64BE();
  const instructions = await buildDeposit({ vault, from, to, amount, nonce });
  const sent = await sendSolana(cluster, { payer: from, instructions });
  const signature = hexToSolanaSignature(sent.signature);
  output.progress("deposit.sent", `Sent ${signature}; final after about 13 seconds`, { signature });
  const { slot } = await untilFinal(context, cluster, sent);
  const id = solanaDepositId({ genesisHash: vault.genesisHash, signature: sent.signature, instruction: 0 });
  const lines = [
    `${formatTokenAmount(amount, vault.decimals)} are in the vault, for ${describe(to)}.`,
    `  transaction  ${signature}, final in slot ${slot}`,
    `  deposit      ${id}`,
    "No network's guards credit deposits from Solana yet: docs/SOLANA.md says what is missing.",
  ];
  output.result(lines, { signature, slot, depositId: id, ...toJson(vault, amount), to, nonce, credited: false });
}

function targetOf({ session, wallet }: DepositOptions): DepositTarget {
  if (wallet !== undefined) return { kind: "wallet", address: wallet };
  if (session !== undefined) return { kind: "session", account: session };
  throw new CliError({ code: "CLI_USAGE", problem: "name whom it is for: --session <account> or --wallet <address>" });
}

/** Looks until the transaction is final, has failed, or can't come any more: on Solana within about two minutes. */
async function untilFinal(
  { shutdown }: CommandContext,
  cluster: SolanaCluster,
  sent: SentSolana,
): Promise<SolanaStanding & { readonly kind: "stands" }> {
  for (;;) {
    const standing = await readStanding(cluster, sent);
    // One that failed in a slot that a fork drops may still come to stand.
    const isFinal = "commitment" in standing && standing.commitment === "finalized";
    if (isFinal && standing.kind === "stands") return standing;
    if (isFinal || standing.kind === "expired") {
      const signature = hexToSolanaSignature(sent.signature);
      throw new CliError({ code: "CLI_DEPOSIT_FAILED", signature, how: standing.kind });
    }
    await systemClock.sleep(LOOK_MS, shutdown.signal);
  }
}

function toJson({ chainId, network, decimals }: SolanaVault, amount: bigint) {
  return { amount, decimals, chainId, network };
}

function describe(to: DepositTarget): string {
  return to.kind === "session" ? `session ${to.account}` : `the wallet ${to.address}`;
}
