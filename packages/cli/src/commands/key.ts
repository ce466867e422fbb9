import type { Bytes32 } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { GlobalOptions } from "../commandContext.js";
import { readHomeState } from "../home/homeState.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { openClient } from "../networkAccess.js";
import { parseAccount, parseHash } from "../parseArgument.js";

/** `cortensor key`: API keys of an operator's sessions, and the keystore's own keys. */
export function addKey(program: Command, act: Act): void {
  const key = program.command("key").description("Make and revoke API keys; make and list keys of the keystore.");
  key
    .command("create")
    .description("Make an API key on a session. Custody: custodial on the operator's own sessions. It is shown once.")
    .requiredOption("--name <name>", "whose key it is")
    .option("--account <account>", "the session it spends (default: the local network's)", parseAccount)
    .option("--budget <cor>", "most that it may spend, in COR (default: as much as the session has)")
    .option("--router <url>", "the router (default: the one in --home)")
    .addHelpText(
      "after",
      "\nNeeds the operator's admin token: CORTENSOR_ADMIN_TOKEN, or the file in --home.\n\nExample:\n  $ cortensor key create --name shop --budget 5",
    )
    .action((options: { name: string; account?: number; budget?: string; router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const account = options.account ?? (await readHomeState(context.paths.state)).account;
        if (account === undefined) {
          throw new CliError({
            code: "CLI_BAD_ARGUMENT",
            argument: "--account",
            expected: "a session of this operator",
          });
        }
        const client = await openClient(context, options);
        const budgetWei = options.budget === undefined ? undefined : parseCor(options.budget);
        const budget = budgetWei === undefined ? {} : { budgetWei };
        const made = await client.createKey({ account, name: options.name, ...budget });
        const { custody } = await (await openClient(context, { ...options, apiKey: made.key })).lane();
        const lines = [
          `Key      ${made.key}`,
          `Hash     ${made.keyHash}`,
          `Custody  ${custody}: it spends session ${account}, ${SIGNERS[custody]}`,
          `Budget   ${budgetWei === undefined ? "as much as the session has" : formatCor(budgetWei)}`,
          "It is shown this once; only its hash is kept.",
        ];
        context.output.result(lines, { ...made, account, custody, ...budget });
      }),
    );
  addRevoke(key, act);
  addStoredKeys(key, act);
}

/** Who signs what a key's session pays. */
const SIGNERS = {
  self: "whose owner signs its debits",
  delegated: "whose owner lets the router sign within caps",
  custodial: "which the operator owns",
} as const;

function addRevoke(key: Command, act: Act): void {
  key
    .command("revoke")
    .description("Revoke an API key by its hash.")
    .argument("<hash>", "as `key create` showed it", parseHash)
    .option("--router <url>", "the router (default: the one in --home)")
    .action((hash: Bytes32, options: { router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const client = await openClient(context, options);
        await client.revokeKey(hash);
        context.output.result([`Key ${hash} is revoked.`], { keyHash: hash, revoked: true });
      }),
    );
}

function addStoredKeys(key: Command, act: Act): void {
  key
    .command("new <name>")
    .description("Make a key in the keystore, for a wallet or a node. Custody: self.")
    .action((name: string, _options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { address, isNew } = await context.keystore({ mayGenerate: false }).openOrCreate(name);
        const said = isNew ? "is made" : "is there already";
        const lines = [
          `Key ${name} ${said}: ${address}`,
          `Custody: self; it lies in ${context.paths.keys} and nowhere else.`,
        ];
        context.output.result(lines, { name, address, isNew, custody: "self" });
      }),
    );
  key
    .command("list")
    .description("List the keystore's keys and their addresses.")
    .action((_options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const keystore = context.keystore({ mayGenerate: false });
        const [keys, sealingKeys] = await Promise.all([keystore.list(), keystore.listSealing()]);
        const lines = [
          ...keys.map(({ name, address }) => `${address}  ${name}`),
          ...sealingKeys.map(({ name, sealingKey }) => `${sealingKey}  ${name} (sealing)`),
        ];
        context.output.result(lines.length === 0 ? ["The keystore is empty."] : lines, { keys, sealingKeys });
      }),
    );
}
