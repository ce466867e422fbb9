import {
  closeInference,
  createChainReader,
  ORACLE_POLICIES,
  type OraclePolicy,
  readHead,
  readInference,
  requestInference,
  setEnqueuer,
} from "@cortensor/chain";
import { type Bytes32, REDUNDANCY_MAX, WORK_SECONDS_MAX } from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAccount, parseHash, wholeNumber } from "../parseArgument.js";
import { handPrompt } from "../queue/handPrompt.js";
import { planQuestion } from "../queue/oracleQuestion.js";
import { type OwnerOptions, openAnyone, openQueueClient, watchChain } from "../queue/queueClient.js";
import { readQuestion } from "../readQuestion.js";

/** The contract's: when results may come at the latest, and time to deliver. A minute more, until it is in a block. */
const DEADLINE_SECONDS = 960;
const OUTPUT_TOKENS_MAX = 1_024;

type RequestOptions = OwnerOptions & {
  readonly schema: string;
  readonly policy: OraclePolicy;
  readonly copies: number;
  readonly maxTokens: number;
  readonly workSeconds: number;
  readonly wait: boolean;
};

/** `cortensor oracle`: asks as a contract does, and reads what the chain was told. */
export function addOracle(program: Command, act: Act): void {
  const oracle = program
    .command("oracle")
    .description("Have a question answered on chain, for contracts to read.")
    .addHelpText(
      "after",
      '\nMajority: more than half of the copies must be the same. Operator: who assigned the task says which of them holds.\n\nExamples:\n  $ cortensor oracle request "Is water wet? Answer yes or no." --as client --account 3 --copies 3 --max-tokens 8\n  $ cortensor oracle status 0x…\n  $ cortensor oracle close 0x…',
    );
  oracle
    .command("request")
    .description("Ask, on a session of one's own, and wait for the answer.")
    .argument(
      "[question...]",
      "the question (default: what comes in, to its end); above 4,096 bytes the chain names it by its CID",
    )
    .requiredOption("--as <name>", "the key that owns the session")
    .requiredOption("--account <account>", "the session's index", parseAccount)
    .option("--router <url>", "the router (CORTENSOR_URL; default: the one in --home)")
    .option("--schema <json>", "a JSON schema that the answer is asked to meet", "")
    .addOption(new Option("--policy <policy>", "whose word decides").choices(ORACLE_POLICIES).default("majority"))
    .option("--copies <count>", "by so many miners", wholeNumber(1, REDUNDANCY_MAX), 1)
    .option("--max-tokens <count>", "most tokens of the answer", wholeNumber(1, OUTPUT_TOKENS_MAX), 64)
    .option("--work-seconds <seconds>", "most time for the work", wholeNumber(1, WORK_SECONDS_MAX), 300)
    .option("--no-wait", "don't wait for the answer")
    .action((words: readonly string[], options: RequestOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => ask(context, await readQuestion(words), options)),
    );
  oracle
    .command("status")
    .description("Say what became of a request.")
    .argument("<task>", "its id", parseHash)
    .option("--router <url>", "the network (default: the one in --home)")
    .action((taskId: Bytes32, options: { router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.router);
        show(context, await requireRequest(createChainReader({ profile }), taskId));
      }),
    );
  oracle
    .command("close")
    .description("Close a request that is over without an answer. Anyone may.")
    .argument("<task>", "its id", parseHash)
    .option("--as <name>", "the key that pays for it", "closer")
    .option("--router <url>", "the network (default: the one in --home)")
    .action((taskId: Bytes32, options: { as: string; router?: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { txHash } = await closeInference(await openAnyone(context, options), taskId);
        context.output.result([`Request ${taskId} is closed.`], { taskId, txHash });
      }),
    );
}

async function ask(context: CommandContext, text: string, options: RequestOptions): Promise<void> {
  const { output, shutdown } = context;
  const { signal } = shutdown;
  const client = await openQueueClient(context, options);
  const { chain, router, account } = client;
  const { schema, policy, copies, maxTokens, workSeconds } = options;
  const { messages, asked, body } = planQuestion(text, schema);
  const terms = { maxTokens, denomination: "cor", signal, session: { redundant: copies } } as const;
  const { modelId, nInMax: maxIn, wei: feeCapWei } = await router.quote({ messages }, terms);
  const { operator: assigner } = (await router.info({ signal })).router;
  await setEnqueuer(chain, { enqueuer: chain.profile.addresses.inferenceOracle, isAllowed: true });
  const { timestamp } = await readHead(chain);
  const { taskId, txHash } = await requestInference(chain, {
    ...{ account, asked, schema, modelId, assigner, policy, redundancy: copies, workSeconds, maxIn, feeCapWei },
    maxOut: maxTokens,
    deadlineSeconds: timestamp + DEADLINE_SECONDS + workSeconds,
  });
  output.progress("request.open", `Request ${taskId} is open`, { taskId, txHash, assigner });
  // Its parameters are the contract's.
  if (body !== undefined) await handPrompt(context, client, { taskId, prompt: body, params: new Uint8Array(0) });
  if (!options.wait) {
    output.result([taskId], { taskId, txHash, state: "open" });
    return;
  }
  const last = await watchChain(() => requireRequest(chain, taskId), {
    isLast: ({ state }) => state !== "open",
    nameOf: ({ state }) => state,
    onChange: ({ state }) => output.progress(`request.${state}`, `It is ${state}`, { taskId, state }),
    signal,
  });
  show(context, last);
}

type Asked = NonNullable<Awaited<ReturnType<typeof readInference>>>;

async function requireRequest(chain: Parameters<typeof readInference>[0], taskId: Bytes32): Promise<Asked> {
  const found = await readInference(chain, taskId);
  if (found !== undefined) return found;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: taskId, expected: "a request that was made" });
}

function show({ output }: CommandContext, { answer, ...asked }: Asked): void {
  const { state, policy, deadlineSeconds } = asked;
  const text = new TextDecoder().decode(answer);
  const until = `until ${new Date(deadlineSeconds * 1_000).toISOString()}`;
  const line = state === "answered" ? text : `Request ${asked.taskId} is ${state} (${policy}, ${until}).`;
  output.result([line], { ...asked, answer: text });
}
