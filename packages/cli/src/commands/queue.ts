import { randomBytes } from "node:crypto";
import {
  endSessionTask,
  enqueueSessionTask,
  expireSessionTask,
  openPayloadKind,
  PAYLOAD_KINDS,
  type PayloadKind,
  readHead,
  readSessionTask,
  type SessionTaskRecord,
  taskPayload,
} from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  canonicalParams,
  encodeParams,
  encodePrompt,
  hashTask,
  hexToBytes,
  type Prompt,
  paramsHash,
  promptCommit,
  REDUNDANCY_MAX,
  SESSION_SECONDS,
  type Task,
  WORK_SECONDS_MAX,
} from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { parseAccount, parseHash, wholeNumber } from "../parseArgument.js";
import { handPrompt } from "../queue/handPrompt.js";
import { type OwnerOptions, openAnyone, openQueueClient, type QueueClient, watchChain } from "../queue/queueClient.js";
import { readQuestion } from "../readQuestion.js";

/** Until it is in a block its deadline must still leave time for all that comes before the work. */
const BLOCK_SECONDS = 30;
const SALT_BYTES = 32;

type EnqueueOptions = OwnerOptions & {
  readonly model?: string;
  readonly maxTokens: number;
  readonly copies: number;
  readonly workSeconds: number;
  readonly payload?: PayloadKind;
  readonly wait: boolean;
};

/** `cortensor queue`: a session's tasks on chain. */
export function addQueue(program: Command, act: Act): void {
  const queue = program
    .command("queue")
    .description("Ask on chain: put a task into the session queue, and follow it to its answers.")
    .addHelpText(
      "after",
      '\nThe task is paid as any other, from the session\'s lane, by what its miners commit to. A prompt on chain can be read by everybody, and so can a longer one, which the chain names\nby its CID and the router keeps; with --payload none the router alone is handed it.\n\nExamples:\n  $ cortensor queue enqueue "What is a receipt?" --as client --account 3\n  $ cortensor queue status 0x… --as client --account 3\n  $ cortensor queue expire 0x…',
    );
  const owned = (command: Command) =>
    command
      .requiredOption("--as <name>", "the key that owns the session")
      .requiredOption("--account <account>", "the session's index", parseAccount)
      .option("--router <url>", "the router (CORTENSOR_URL; default: the one in --home)");
  owned(queue.command("enqueue").description("Put a question into the queue, and wait for its answers."))
    .argument("[prompt...]", "the question (default: what comes in, to its end)")
    .option("--model <name>", "the model (default: the first on offer)")
    .option("--max-tokens <count>", "most tokens of the answer", wholeNumber(1, 131_072), 256)
    .option("--copies <count>", "by so many miners", wholeNumber(1, REDUNDANCY_MAX), 1)
    .option("--work-seconds <seconds>", "most time for the work", wholeNumber(1, WORK_SECONDS_MAX), 300)
    .addOption(
      new Option("--payload <kind>", "where the prompt is (default: on chain where it fits, else by its CID)").choices([
        ...PAYLOAD_KINDS,
      ]),
    )
    .option("--no-wait", "don't wait for the answers")
    .action((words: readonly string[], options: EnqueueOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) =>
        enqueue(context, await readQuestion(words), options),
      ),
    );
  owned(queue.command("status").description("Say how far a task is, and what was answered."))
    .argument("<task>", "its id", parseHash)
    .action((taskId: Bytes32, options: OwnerOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const client = await openQueueClient(context, options);
        await show(context, client, await requireTask(client, taskId));
      }),
    );
  owned(queue.command("end").description("End a committed task before its time is over."))
    .argument("<task>", "its id", parseHash)
    .action((taskId: Bytes32, options: OwnerOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { chain } = await openQueueClient(context, options);
        const { txHash } = await endSessionTask(chain, taskId);
        context.output.result([`Task ${taskId} has ended.`], { taskId, txHash });
      }),
    );
  queue
    .command("expire")
    .description("Enforce a task's deadline. Anyone may.")
    .argument("<task>", "its id", parseHash)
    .option("--as <name>", "the key that pays for it", "expirer")
    .option("--router <url>", "the network (default: the one in --home)")
    .action((taskId: Bytes32, options: { as: string; router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { txHash } = await expireSessionTask(await openAnyone(context, options), taskId);
        context.output.result([`The deadline of task ${taskId} is enforced.`], { taskId, txHash });
      }),
    );
}

async function enqueue(context: CommandContext, question: string, options: EnqueueOptions): Promise<void> {
  const { output, shutdown } = context;
  const client = await openQueueClient(context, options);
  const { router, chain } = client;
  const { signal } = shutdown;
  const { task, prompt, params } = await bind(client, question, options, signal);
  const { operator: assigner } = (await router.info({ signal })).router;
  const payload = taskPayload({ prompt, params }, options.payload ?? openPayloadKind({ prompt }));
  const terms = { assigner, workSeconds: options.workSeconds };
  const { txHash } = await enqueueSessionTask(chain, { task, terms, payload });
  const taskId = hashTask(task);
  output.progress("task.enqueued", `Task ${taskId} waits in the queue; at most ${formatCor(task.feeCapWei)}`, {
    ...{ taskId, txHash, assigner, feeCapWei: task.feeCapWei },
  });
  if (payload.kind !== "prompt") await handPrompt(context, client, { taskId, prompt, params });
  if (!options.wait) {
    output.result([taskId], { taskId, txHash, phase: "enqueued" });
    return;
  }
  const last = await watchChain(() => requireTask(client, taskId), {
    isLast: ({ phase }) => phase === "committed" || phase === "ended",
    nameOf: ({ phase }) => phase,
    onChange: ({ phase, deadlineSeconds }) =>
      output.progress(`task.${phase}`, `It is ${phase}, until ${toTime(deadlineSeconds)}`, {
        taskId,
        phase,
        deadlineSeconds,
      }),
    signal,
  });
  await show(context, client, last);
}

async function bind(
  { chain, router, account, session }: QueueClient,
  question: string,
  options: EnqueueOptions,
  signal: AbortSignal,
): Promise<{ readonly task: Task; readonly prompt: Uint8Array; readonly params: Uint8Array }> {
  const { maxTokens, copies, workSeconds, model } = options;
  const asked: Prompt = { kind: "chat", messages: [{ role: "user", content: question }] };
  const quoted = await router.quote(
    { messages: question },
    {
      ...{ maxTokens, denomination: "cor", signal, session: { redundant: copies } },
      ...(model === undefined ? {} : { model }),
    },
  );
  const greedy = { temperature: 0, topK: 1, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 };
  const sampling = canonicalParams({ ...greedy, logitBias: {}, stop: [], maxTokens });
  const salt = bytesToHex(randomBytes(SALT_BYTES));
  const { timestamp } = await readHead(chain);
  const beforeSeconds = SESSION_SECONDS.enqueued + SESSION_SECONDS.assigned + BLOCK_SECONDS;
  const task: Task = {
    account,
    session,
    seq: 0,
    modelId: quoted.modelId,
    promptCommit: promptCommit(salt, asked),
    paramsHash: paramsHash(sampling),
    maxIn: quoted.nInMax,
    maxOut: maxTokens,
    feeCapWei: quoted.wei,
    deadline: timestamp + beforeSeconds + workSeconds,
    userNonce: bytesToHex(randomBytes(SALT_BYTES)),
    privacy: "open",
    redundancy: copies,
  };
  const prompt = new Uint8Array([...hexToBytes(salt), ...encodePrompt(asked)]);
  return { task, prompt, params: encodeParams(sampling).slice() };
}

async function requireTask({ chain }: Pick<QueueClient, "chain">, taskId: Bytes32): Promise<SessionTaskRecord> {
  const found = await readSessionTask(chain, taskId);
  if (found !== undefined) return found;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: taskId, expected: "a task that was enqueued" });
}

/** Where a task stands, and the answers behind its commits. */
async function show(
  { output, shutdown }: CommandContext,
  { router }: QueueClient,
  task: SessionTaskRecord,
): Promise<void> {
  const { taskId, phase, ending, deadlineSeconds, seats } = task;
  const isAnswered = seats.some(({ hasCommitted }) => hasCommitted);
  const answers = isAnswered ? await router.queueAnswers(taskId, { signal: shutdown.signal }) : [];
  const end = ending === undefined ? `until ${toTime(deadlineSeconds)}` : `${ending}, at ${toTime(deadlineSeconds)}`;
  const lines = [
    `Task ${taskId} is ${phase} (${end}).`,
    ...seats.map(({ miner, hasAcked, hasPrecommitted, hasCommitted }, seat) => {
      const done = hasCommitted ? "committed" : hasPrecommitted ? "precommitted" : hasAcked ? "acked" : "assigned";
      const said = answers.find((one) => one.seat === seat);
      return `${miner} ${done}${said === undefined ? "" : `: ${said.text}`}`;
    }),
  ];
  output.result(lines, { taskId, phase, deadlineSeconds, seats, answers, ...(ending === undefined ? {} : { ending }) });
}

function toTime(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
