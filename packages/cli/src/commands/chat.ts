import { randomUUID } from "node:crypto";
import { describeSealing } from "@cortensor/protocol";
import type { AnswerEvent, AskOptions } from "@cortensor/sdk";
import type { Command } from "commander";
import { addChoiceOptions, type ChoiceOptions, toChoice } from "../choiceOptions.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { openOwnSink, SINK_OPTION } from "../ownSink.js";
import { decimal, parseAccount, wholeNumber } from "../parseArgument.js";
import { openPayer, type PayerOptions } from "../payer.js";
import { readQuestion } from "../readQuestion.js";
import { addSealOptions, type SealOptions, toSealed } from "../sealOptions.js";

type ChatOptions = PayerOptions &
  ChoiceOptions &
  SealOptions & {
    readonly model?: string;
    readonly system?: string;
    readonly maxTokens?: number;
    readonly temperature?: number;
    readonly seed?: number;
    readonly sink?: string;
  };

/** An answer's record is delivered within moments where its sink is up; else it waits for the next question or proxy. */
const SINK_MS_MAX = 5_000;

/** `cortensor chat`: one question, its answer as it comes. */
export function addChat(program: Command, act: Act): void {
  const command = program
    .command("chat [prompt...]")
    .description("Ask a question; without one, it is read from the standard input.");
  addSealOptions(addChoiceOptions(command))
    .option("--router <url>", "the router (CORTENSOR_URL; default: the one in --home)")
    .option("--key <key>", "API key (CORTENSOR_API_KEY; default: the one in --home)")
    .option("--as <name>", "pay with this wallet of the keystore instead: needs --account")
    .option("--account <account>", "the wallet's session", parseAccount)
    .option("--model <name>", "the model (default: the first on offer)")
    .option("--system <text>", "a system message")
    .option("--max-tokens <count>", "most tokens of the answer", wholeNumber(1, 131_072))
    .option("--temperature <number>", "0 to 2; 0 always takes the likeliest token", decimal(0, 2))
    .option("--seed <number>", "for an answer that can be repeated", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option("--sink <file>", `of a sealed one, ${SINK_OPTION}`)
    .addHelpText("after", HELP)
    .action((words: readonly string[], options: ChatOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => chat(context, words, options)),
    );
}

const HELP = `
Examples:
  $ cortensor chat "What is a receipt?"
  $ echo "Which label fits: I love it" | cortensor chat --temperature 0
  $ cortensor chat --as client --account 3 "Who pays for this?"
  $ cortensor chat --sealed "What may nobody else read?"
  $ cortensor chat --sealed --sink target.json "What shall I keep?"
  $ cortensor chat --sealed --audit none "Whose answers nobody checks?"`;

async function chat(context: CommandContext, words: readonly string[], options: ChatOptions): Promise<void> {
  const question = await readQuestion(words);
  if (options.sink !== undefined && options.sealed !== true) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--sink", expected: "--sealed beside it" });
  }
  const sealed = await toSealed(context, options);
  const own = await openOwnSink(context, options, `chat ${process.pid} ${randomUUID()}`);
  const client = await openPayer(context, options, { ...sealed, ...(own && { recorder: own.sink.recorder }) });
  const system = options.system === undefined ? [] : [{ role: "system" as const, content: options.system }];
  const { output } = context;
  let ended: Extract<AnswerEvent, { kind: "end" }> | undefined;
  for await (const event of client.streamChat(
    [...system, { role: "user", content: question }],
    toAskOptions(context, options),
  )) {
    if (event.kind === "text") output.text(event.text);
    if (event.kind === "end") ended = event;
  }
  if (ended === undefined) return;
  output.text("\n");
  const { taskId, promptTokens, completionTokens, model, text, finish, proof, copies, checked, sealing } = ended;
  const by = checked === undefined ? "" : ` · checked by ${checked.by}`;
  const to = sealing === undefined ? "" : ` · ${describeSealing(sealing)}`;
  const footer = `${model} · ${promptTokens} + ${completionTokens} tokens · ${proof}${by}${to} · receipt ${taskId}`;
  const facts = { text, finish, model, promptTokens, completionTokens, taskId, proof, copies, checked, sealing };
  if (output.isJson) output.result([], facts);
  else output.progress("answered", footer);
  if (
    own !== undefined &&
    !(await own.sink.drain(AbortSignal.any([context.shutdown.signal, AbortSignal.timeout(SINK_MS_MAX)])))
  ) {
    output.warn("sink.waits", `${own.name} doesn't have this yet: it waits in this home`, { sink: own.name });
  }
  // A canary that this question made due: the process ends, and nobody would send it.
  if (sealing?.audit === "canary") await client.canaries.settle();
}

function toAskOptions({ shutdown }: CommandContext, options: ChatOptions): AskOptions {
  const { model, maxTokens, temperature, seed } = options;
  return {
    signal: shutdown.signal,
    ...toChoice(options),
    ...(model === undefined ? {} : { model }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
  };
}
