import {
  LEVEL_MAX,
  PRIVACIES,
  type Privacy,
  REDUNDANCY_MAX,
  type SessionTerms,
  VALIDATORS_MAX,
} from "@cortensor/protocol";
import type { Quote, QuoteOptions } from "@cortensor/sdk";
import { type Command, Option } from "commander";
import { addChoiceOptions, type ChoiceOptions, toChoice } from "../choiceOptions.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { parseAccount, wholeNumber } from "../parseArgument.js";
import { openPayer, type PayerOptions } from "../payer.js";
import { readQuestion } from "../readQuestion.js";

type QuoteCommandOptions = PayerOptions &
  ChoiceOptions & {
    readonly model?: string;
    readonly maxTokens?: number;
    readonly redundant?: number;
    readonly validators?: number;
    readonly sla?: number;
    readonly privacy?: Privacy;
    readonly cor?: boolean;
  };

/** `cortensor quote`: the most that a question would cost, and why. */
export function addQuote(program: Command, act: Act): void {
  const command = program
    .command("quote [prompt...]")
    .description(
      "Say what a question would cost at most, without asking it; without one, it is read from the standard input.",
    );
  addChoiceOptions(command)
    .option("--router <url>", "the router (CORTENSOR_URL; default: the one in --home)")
    .option("--key <key>", "API key (CORTENSOR_API_KEY; default: the one in --home)")
    .option("--as <name>", "ask for this wallet of the keystore instead: needs --account")
    .option("--account <account>", "the wallet's session", parseAccount)
    .option("--model <name>", "the model (default: the first on offer)")
    .option("--max-tokens <count>", "most tokens of the answer", wholeNumber(1, 131_072))
    .option("--redundant <count>", "copies, in place of the session's", wholeNumber(1, REDUNDANCY_MAX))
    .option("--validators <count>", "validators, in place of the session's", wholeNumber(0, VALIDATORS_MAX))
    .option("--sla <level>", "service level, in place of the session's", wholeNumber(0, LEVEL_MAX))
    .addOption(new Option("--privacy <kind>", "privacy, in place of the session's").choices(PRIVACIES))
    .option("--cor", "in COR alone: needs no rate")
    .addHelpText("after", '\nExample:\n  $ cortensor quote --max-tokens 200 "What is a receipt?"')
    .action((words: readonly string[], options: QuoteCommandOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => quote(context, words, options)),
    );
}

async function quote(context: CommandContext, words: readonly string[], options: QuoteCommandOptions): Promise<void> {
  const question = await readQuestion(words);
  const client = await openPayer(context, options);
  const quoted = await client.quote({ messages: question }, { signal: context.shutdown.signal, ...toAsked(options) });
  context.output.result(formatQuote(quoted), quoted);
}

function toAsked(options: QuoteCommandOptions): QuoteOptions {
  const { model, maxTokens, redundant, validators, sla, privacy, cor } = options;
  const session: Partial<SessionTerms> = {
    ...(redundant === undefined ? {} : { redundant }),
    ...(validators === undefined ? {} : { numOfValidatorNodes: validators }),
    ...(sla === undefined ? {} : { sla }),
    ...(privacy === undefined ? {} : { privacy }),
  };
  return {
    ...toChoice(options),
    session,
    denomination: cor === true ? "cor" : "llm",
    ...(model === undefined ? {} : { model }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function formatQuote({
  model,
  nInMax,
  nOutMax,
  wei,
  llmTokens,
  rate,
  formula,
  promise,
  unavailable,
  expires,
}: Quote): string[] {
  const { terms, surcharges, charged } = formula;
  const inLlm = llmTokens === undefined ? "" : `, ${llmTokens} LLM tokens`;
  const lines = [
    `At most ${formatCor(wei)}${inLlm}, until ${new Date(expires * 1_000).toISOString()}.`,
    `Model   ${model}: ${formatCor(formula.model.weiPerTokenIn)} a token in, ${formatCor(formula.model.weiPerTokenOut)} out`,
    `Extra   validation ${surcharges.validationBps}, level ${surcharges.levelBps}, privacy ${surcharges.privacyBps}: ${surcharges.totalBps} basis points`,
    `Price   ${terms.redundant} × (${nInMax} tokens in × ${formatCor(charged.weiPerTokenIn)} + ${nOutMax} out × ${formatCor(charged.weiPerTokenOut)})`,
  ];
  if (rate !== undefined) {
    lines.push(`Rate    ${formatCor(rate.weiPerLlmToken)} an LLM token (${rate.source}), ${rate.ageSeconds} s old`);
  }
  if (promise !== undefined) {
    const { nodeLevelMin, firstTokenMs, availabilityBps, creditBps } = promise;
    lines.push(
      `Level   nodes of level ${nodeLevelMin} or more; first token within ${firstTokenMs} ms for 95 %; ${availabilityBps / 100} % answered; else ${creditBps / 100} % of the epoch's fees back`,
    );
  }
  if (unavailable.length > 0) lines.push(`This router can't serve it yet: ${unavailable.join(", ")}.`);
  return lines;
}
