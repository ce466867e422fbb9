import { randomBytes } from "node:crypto";
import {
  buildAccept,
  buildCloseTask,
  buildExpire,
  buildOpenTask,
  buildPayout,
  type TaskState,
  taskAddress,
} from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  canonicalParams,
  encodeSolanaRequest,
  SOLANA_ANSWER_BYTES_MAX,
  SOLANA_ANSWER_HEAD_BYTES,
  SOLANA_WORK_SECONDS_MAX,
  type SolanaAnswer,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { type Address, isAddress } from "@solana/kit";
import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parseHash, wholeNumber } from "../parseArgument.js";
import { readQuestion } from "../readQuestion.js";
import {
  answerIn,
  openSolanaTaskClient,
  type SolanaTaskClient,
  type SolanaTaskOptions,
} from "../solana/solanaTaskClient.js";
import { formatTokenAmount, parseTokenAmount } from "../solana/tokenAmount.js";

/** Between two looks at how far a task is: a few of Solana's slots. */
const LOOK_MS = 1_000;
/** Room that a token may take in an account, as routers count it. */
const TOKEN_BYTES = 8;

type OpenOptions = SolanaTaskOptions & {
  readonly router: Address;
  readonly model: Bytes32;
  readonly amount: string;
  readonly maxTokens: number;
  readonly workSeconds: number;
  readonly accept: boolean;
};

/** `cortensor task`: tasks with Solana as the only chain that their client touches. */
export function addTask(program: Command, act: Act): void {
  const task = program
    .command("task")
    .description("Ask over Solana: lock SPL COR for a task, and have its answer and the rest back there.")
    .addHelpText("after", EXAMPLE);
  const common = (command: Command) =>
    command
      .requiredOption("--rpc <url>", "a Solana RPC")
      .option("--genesis <hash>", "refuse an RPC of another cluster than this")
      .requiredOption("--program <address>", "the program that holds tasks", parseSolanaAddress)
      .requiredOption("--hub <address>", "the network's hub in it", parseSolanaAddress)
      .requiredOption("--keypair <file>", "the client's Solana key, as Solana's own tools keep it");
  const onTask = (name: string, says: string) =>
    common(task.command(name).description(says)).argument("<task>", "its account", parseSolanaAddress);
  const run = <Options extends SolanaTaskOptions>(
    work: (context: CommandContext, client: SolanaTaskClient, at: Address, options: Options) => Promise<void>,
  ) => {
    return (at: Address, options: Options, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) =>
        work(context, await openSolanaTaskClient(options, context.shutdown.signal), at, options),
      );
  };
  common(task.command("open").description("Open a task, and wait for its answer."))
    .argument("[prompt...]", "the question (default: what comes in, to its end); everybody can read it")
    .requiredOption("--router <address>", "the router's key on Solana", parseSolanaAddress)
    .requiredOption("--model <id>", "the model's id", parseHash)
    .requiredOption("--amount <tokens>", "the most that it may cost, as 12.5: locked until it is decided")
    .option("--max-tokens <count>", "most tokens of the answer", wholeNumber(1, TOKENS_MAX), 256)
    .option("--work-seconds <seconds>", "most time for the work", wholeNumber(11, SOLANA_WORK_SECONDS_MAX), 300)
    .option(
      "--accept",
      "take the answer as it comes, and pay at once what is asked, up to --amount: guards would hold that against what it cost",
    )
    .action((words: readonly string[], options: OpenOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) =>
        open(context, await openSolanaTaskClient(options, context.shutdown.signal), {
          ...options,
          question: await readQuestion(words),
        }),
      ),
    );
  onTask("show", "Say how far a task is, and what was answered.").action(
    run(async (context, client, at) => show(context, client, await client.task(at))),
  );
  onTask("accept", "Take the answer: it is paid, and the rest comes back.").action(
    run(async (context, client, at) => accept(context, client, await client.task(at))),
  );
  onTask("refund", "End a task that is late, by nobody's leave.").action(
    run(async (context, client, at) => {
      const late = await client.task(at);
      const expiring = late.phase === "decided" ? [] : [buildExpire(client.place, late.address)];
      await client.send([...expiring, await buildPayout(client.place, client.hub, late)]);
      return show(context, client, await client.task(late.address));
    }),
  );
  onTask("close", "Have the account's rent back, an hour after the task ended.").action(
    run(async ({ output }, client, at) => {
      const { address } = await client.task(at);
      await client.send([buildCloseTask({ program: client.place.program, task: address, by: client.key })]);
      output.result(["Its rent is back."], { task: address });
    }),
  );
}

const TOKENS_MAX = Math.floor((SOLANA_ANSWER_BYTES_MAX - SOLANA_ANSWER_HEAD_BYTES) / TOKEN_BYTES);

const EXAMPLE = `
Nothing here is private: request and answer lie in the task's account. Custody: self.

Examples:
  $ cortensor task open "What is a receipt?" --rpc <url> --program <address> --hub <address> --router <address> --model 0x… --amount 2 --keypair id.json
  $ cortensor task refund <task> --rpc <url> --program <address> --hub <address> --keypair id.json`;

async function open(
  context: CommandContext,
  client: SolanaTaskClient,
  options: OpenOptions & { readonly question: string },
): Promise<void> {
  const { output, shutdown } = context;
  const { place, hub, key } = client;
  const { question, maxTokens, model: modelId, router, workSeconds } = options;
  const greedy = { temperature: 0, topK: 1, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 };
  const params = canonicalParams({ ...greedy, logitBias: {}, stop: [], maxTokens });
  const prompt = { kind: "chat", messages: [{ role: "user", content: question }] } as const;
  const taskId = bytesToHex(randomBytes(32));
  const order = {
    ...{ client: key, taskId, router, workSeconds, amount: parseTokenAmount(options.amount, hub.decimals) },
    answerRoom: SOLANA_ANSWER_HEAD_BYTES + TOKEN_BYTES * maxTokens,
    request: encodeSolanaRequest({ modelId, prompt, params }),
  };
  await client.send([await buildOpenTask(place, hub, order)]);
  const task = await taskAddress(place, { client: key.address, taskId });
  output.progress("task.opened", `Task ${task} is open`, { task, taskId });
  let seen = await client.task(task);
  for (let phase = seen.phase; !isAnswered(seen); ) {
    await systemClock.sleep(LOOK_MS, shutdown.signal);
    seen = await client.task(task);
    if (seen.phase !== phase) output.progress(`task.${seen.phase}`, `It is ${seen.phase}`, { task });
    phase = seen.phase;
  }
  if (options.accept && seen.phase === "committed") return accept(context, client, seen);
  return show(context, client, seen);
}

function isAnswered({ phase }: TaskState): boolean {
  return phase === "committed" || phase === "decided" || phase === "ended";
}

async function accept(context: CommandContext, client: SolanaTaskClient, task: TaskState): Promise<void> {
  const by = { program: client.place.program, task: task.address, by: client.key };
  await client.send([buildAccept(by), await buildPayout(client.place, client.hub, task)]);
  return show(context, client, await client.task(task.address));
}

async function show({ output }: CommandContext, { hub }: SolanaTaskClient, task: TaskState): Promise<void> {
  const { address, phase, reason, deadlineSeconds, amount, fee, minerAmount, request: _request, ...rest } = task;
  const answer = answerIn(task);
  const until =
    phase === "decided" || phase === "ended" ? "" : `, until ${new Date(deadlineSeconds * 1_000).toISOString()}`;
  const units = (of: bigint) => formatTokenAmount(of, hub.decimals);
  const lines = [
    ...(answer === undefined ? [] : [answer.text]),
    `  task    ${address}, ${phase}${reason === undefined ? "" : ` (${reason})`}${until}`,
    `  money   ${units(amount)} locked, ${units(reason === undefined ? fee : minerAmount)} ${reason === undefined ? "asked for" : "of it paid"}`,
    ...(answer === undefined
      ? []
      : [`  record  task ${answer.result.taskId} of the network, by miner ${answer.result.miner}`]),
  ];
  const { router, miner, resultHash } = rest;
  const data = { task: address, phase, reason, deadlineSeconds, amount, fee, minerAmount, router, miner, resultHash };
  output.result(lines, { ...data, ...answerJson(answer) });
}

function answerJson(answer: SolanaAnswer | undefined) {
  if (answer === undefined) return {};
  const { text, result } = answer;
  return { answer: { text, taskId: result.taskId, miner: result.miner, nIn: result.nIn, nOut: result.nOut } };
}

function parseSolanaAddress(text: string): Address {
  if (isAddress(text)) return text;
  throw new InvalidArgumentError("Expected a Solana address: 32 bytes in base58.");
}
