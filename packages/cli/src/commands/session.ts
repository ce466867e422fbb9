import { completeParams } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { OwnedSession, RateView } from "@cortensor/sdk";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { formatAmount } from "../llmAmount.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { parseAccount } from "../parseArgument.js";
import { makeWallet, openWallet, type WalletOptions } from "../sessionWallet.js";
import { addDelegation, formatDelegation } from "./sessionDelegation.js";
import { addChanges, addParamOptions, type ParamOptions, parseNodes, toParams } from "./sessionParams.js";
import { addShow } from "./sessionShow.js";
import { addSessionSink } from "./sessionSink.js";

/** `cortensor session`: deposits that a wallet owns, and what of them a router's operator may spend. */
export function addSession(program: Command, act: Act): void {
  const session = program.command("session").description("Open, list, fill up and close your own paid sessions.");
  const define = (parent: Command, name: string, description: string) =>
    parent
      .command(name)
      .description(description)
      .option("--as <name>", "the wallet's key in the keystore", "client")
      .option("--router <url>", "the router to pay (default: the one in --home)")
      .option("--network <file|url>", "the network's profile (default: the router's)");
  const command = (name: string, description: string) => define(session, name, description);

  addParamOptions(command("open", "Open a session: deposit COR, and allot it to the router's operator. Custody: self."))
    .requiredOption("--deposit <cor>", "COR to deposit")
    .option("--allot <cor>", "part of it that the operator may spend (default: all)")
    .option("--name <name>", "a name of your own", "session")
    .option("--dedicated <addresses>", "nodes to dedicate to it, comma-separated", parseNodes)
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor session open --deposit 50 --name demo\n  $ cortensor session open --deposit 50 --name mine --privacy sealed",
    )
    .action((options: OpenOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => open(context, options)),
    );
  command("list", "List your sessions.").action((options: WalletOptions, self: Command) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) => list(context, options)),
  );
  command("top-up", "Deposit more, and allot it too.")
    .argument("<account>", "the session's index", parseAccount)
    .argument("<cor>", "COR to deposit")
    .action((account: number, cor: string, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        topUp(context, { ...options, account, wei: parseCor(cor) }),
      ),
    );
  addChanges(command, act);
  addShow(command, act);
  addDelegation(command, act);
  addSessionSink(session, define, act);
  command("close", "Ask for the deposit back; asked again after the delay, pays it out.")
    .argument("<account>", "the session's index", parseAccount)
    .action((account: number, options: WalletOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => close(context, options, account)),
    );
}

type OpenOptions = WalletOptions &
  ParamOptions & {
    readonly deposit: string;
    readonly allot?: string;
    readonly name: string;
    readonly dedicated?: readonly Address[];
  };

async function open(context: CommandContext, options: OpenOptions): Promise<void> {
  const depositWei = parseCor(options.deposit);
  const client = await makeWallet(context, options, depositWei);
  const allotment = options.allot === undefined ? {} : { allotmentWei: parseCor(options.allot) };
  const { name, dedicated: dedicatedNodes = [] } = options;
  const opened = await client.openSession({
    name,
    depositWei,
    ...allotment,
    params: toParams(options),
    dedicatedNodes,
  });
  const { privacy, auditMode } = completeParams({ name, ...toParams(options) });
  const lines = [
    `Session ${opened.account} is open with ${formatCor(depositWei)}.`,
    `Custody: self. Only the key '${options.as}' signs what it pays.`,
    ...privacyLines(privacy, auditMode),
    `Ask with it: cortensor chat --as ${options.as} --account ${opened.account}${privacy === "sealed" ? " --sealed" : ""} "…"`,
  ];
  context.output.result(lines, { ...opened, depositWei, custody: "self", privacy, auditMode });
}

const AUDIT_SAYS = {
  none: "nobody checks its answers, which are called unproved",
  canary: "its clients mix in questions of their own, by which they know a miner that cheats",
  auditable: "guards together open a drawn task's text to a validator, and log it",
} as const;

/** What such a session can and can't count on: said before anything is asked with it. */
function privacyLines(
  privacy: NonNullable<ParamOptions["privacy"]>,
  auditMode: NonNullable<ParamOptions["auditMode"]>,
): readonly string[] {
  if (privacy === "open") return [];
  if (privacy === "private") return ["Private: sealed, and served on its private network alone."];
  return [`Sealed, audit ${auditMode}: ${AUDIT_SAYS[auditMode]}.`];
}

async function list(context: CommandContext, options: WalletOptions): Promise<void> {
  const keys = await context.keystore({ mayGenerate: false }).list();
  if (!keys.some(({ name }) => name === options.as)) {
    const hint = `There is no key '${options.as}' in ${context.paths.keys}, so it owns no session. \`cortensor session open\` makes it.`;
    return context.output.result([hint], { sessions: [], hint });
  }
  const client = await openWallet(context, options, 0n);
  const bounds = { signal: context.shutdown.signal };
  const [sessions, { rate }] = await Promise.all([client.listSessions(bounds), client.network(bounds)]);
  const lines = sessions.map((session) => formatSession(session, rate));
  context.output.result(lines.length === 0 ? ["You have no session."] : lines, {
    sessions,
    ...(rate === undefined ? {} : { rate }),
  });
}

function formatSession(session: OwnedSession, rate: RateView | undefined): string {
  const { account, name, depositWei, allotmentWei, settledWei } = session;
  const state = session.closed ? "closed" : session.closeAt > 0 ? `closes at ${toDate(session.closeAt)}` : "open";
  const amount = (wei: bigint) => formatAmount(wei, rate);
  const money = `deposit ${amount(depositWei)}, allotted ${amount(allotmentWei)}, settled ${amount(settledWei)}`;
  const givenWei = session.credits.reduce((sum, { wei }) => sum + wei, 0n);
  const given = givenWei === 0n ? "" : `, given back ${amount(givenWei)}`;
  const service = `${session.mode}, level ${session.sla}`;
  return `${account}  ${name}  ${state}  ${money}${given}; ${service}; ${formatDelegation(session.delegation)}`;
}

async function topUp(
  context: CommandContext,
  options: WalletOptions & { readonly account: number; readonly wei: bigint },
): Promise<void> {
  const { account, wei } = options;
  const client = await openWallet(context, options, wei);
  const { txHash } = await client.topUp({ account, wei }, { signal: context.shutdown.signal });
  context.output.result([`Session ${account} has ${formatCor(wei)} more.`], { account, wei, txHash });
}

async function close(context: CommandContext, options: WalletOptions, account: number): Promise<void> {
  const client = await openWallet(context, options, 0n);
  const sessions = await client.listSessions({ signal: context.shutdown.signal });
  const { closeAt = 0, closed = false } = sessions.find((session) => session.account === account) ?? {};
  if (closed) return context.output.result([`Session ${account} is closed already.`], { account, closed });
  const asked = closeAt === 0 ? await client.closeSession(account) : { closeAt };
  if (asked.closeAt * 1_000 > systemClock.nowMs()) {
    const line = `Session ${account} closes at ${toDate(asked.closeAt)}; run this again after that to be paid out.`;
    return context.output.result([line], { account, ...asked });
  }
  const paid = await client.finaliseSession(account);
  context.output.result([`Session ${account} is closed; ${formatCor(paid.refundWei)} came back.`], {
    account,
    ...paid,
  });
}

function toDate(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
