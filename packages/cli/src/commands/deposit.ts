import { randomBytes } from "node:crypto";
import {
  buildDeposit,
  connectSolana,
  createChainWriter,
  hexToSolanaSignature,
  type NetworkProfile,
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
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseAccount, parseAddressArgument } from "../parseArgument.js";
import { creditAtTill } from "../solana/creditAtTill.js";
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
  readonly till?: Address;
  readonly as: string;
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
    .addOption(
      new Option("--till <address>", "wait for the guards' root, and have this till credit it").argParser(
        parseAddressArgument,
      ),
    )
    .option("--as <name>", "key of the keystore that pays for the credit", "client")
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .addHelpText("after", EXAMPLE)
    .action((options: DepositOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => deposit(context, options)),
    );
}

const EXAMPLE = `
Example:
  $ cortensor deposit --from solana --rpc http://127.0.0.1:8899 --vault <address> --amount 50 --session 3 --keypair id.json

Without --till the deposit waits in the vault: whoever shows it at the network's till, where it has one, has it credited.`;

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
  const credited =
    options.till === undefined
      ? undefined
      : await creditAtTill({
          writer: createChainWriter({ profile, privateKey: (await openKey(context, options, profile)).expose() }),
          ...{ till: options.till, vault, rpcUrl: options.rpc, depositId: id, signal: context.shutdown.signal },
        });
  const lines = [
    `${formatTokenAmount(amount, vault.decimals)} are in the vault, for ${describe(to)}.`,
    `  transaction  ${signature}, final in slot ${slot}`,
    `  deposit      ${id}`,
    describeCredit(credited),
  ];
  const about = { signature, slot, depositId: id, ...toJson(vault, amount), to, nonce };
  output.result(lines, { ...about, credited: credited !== undefined, creditedWei: credited ?? 0n });
}

async function openKey(context: CommandContext, { as }: DepositOptions, profile: NetworkProfile) {
  const { key, address } = await context.keystore({ mayGenerate: isLocalNetwork(profile) }).openOrCreate(as);
  await ensureFunds(profile, { to: address, corWei: 0n, what: "gas, to have it credited" });
  return key;
}

function describeCredit(creditedWei: bigint | undefined): string {
  if (creditedWei === undefined)
    return "It isn't credited yet: with --till <address> it is, once guards have posted its root.";
  return creditedWei === 0n ? "The till has credited it." : `The till has credited ${formatCor(creditedWei)}.`;
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
