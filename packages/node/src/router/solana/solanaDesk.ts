import type { Caller, EvidenceDesk, Gateway } from "@cortensor/api";
import { type HubState, hubRefusalIn, solanaKeyToHex, type TaskState } from "@cortensor/chain";
import {
  type Bytes32,
  decodeSolanaRequest,
  hashResult,
  type InferenceRequest,
  outCommit,
  ProtocolError,
  type ReceiptDocument,
  resultsHash,
  SOLANA_ANSWER_HEAD_BYTES,
  type SolanaAnswer,
  solanaFeeCapWei,
  solanaFeeOf,
  solanaTaskNonce,
  type UnixSeconds,
  utf8ToBytes,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { SolanaTasks } from "./solanaTasks.js";

/** Tasks that are answered at once: each waits for a miner. */
const RUNS_MAX = 16;
/** A receipt is acknowledged within half a second; one that isn't by then has no place to lie. */
const RECEIPT_MS = 10_000;
const RECEIPT_LOOK_MS = 100;
/** Seconds that an answer needs to come to stand, in a handful of transactions: no task is begun later. */
const SENDING_SECONDS = 10;
/** Bytes that a token may come to in an account. */
const TOKEN_BYTES = 8;

type Answered = {
  readonly address: TaskState["address"];
  readonly taskId: Bytes32;
  readonly text: string;
  readonly feeWei: bigint;
};

type Run = {
  readonly task: TaskState;
  readonly hub: HubState;
  readonly request: InferenceRequest;
  readonly seconds: number;
};

export type SolanaDeskParts = {
  readonly tasks: SolanaTasks;
  readonly gateway: Pick<Gateway, "infer" | "findReceipt"> & { readonly evidence: Pick<EvidenceDesk, "find"> };
  /** The operator's session that pays its miners: the escrow pays the operator. */
  readonly caller: Caller;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Serves tasks that were opened on Solana for this operator's key: each is asked of the network as the operator's own request, with the receipt and the
 * checks that any has, and answered on Solana. What is under way the cluster says; kept here is only what the network answered, so that no task is paid for twice.
 */
export class SolanaDesk {
  readonly #parts: SolanaDeskParts;
  readonly #runs = new Map<TaskState["address"], Promise<void>>();
  /** What the network answered, by nonce, of tasks that the cluster still lists: it is paid for, whatever becomes of it there. */
  readonly #answers = new Map<Bytes32, Answered>();
  readonly #stopping = new AbortController();

  constructor(parts: SolanaDeskParts) {
    this.#parts = parts;
  }

  /** Looks at each task once. */
  async round(): Promise<void> {
    const { tasks, log } = this.#parts;
    const [hub, now, listed] = [await tasks.readHub(), await tasks.readNow(), await tasks.list()];
    const known = new Set(listed.map(nonceOf));
    for (const [nonce, { address }] of this.#answers) {
      if (!known.has(nonce) && !this.#runs.has(address)) this.#answers.delete(nonce);
    }
    for (const task of listed) {
      try {
        await this.#look(task, hub, now);
      } catch (error) {
        // Somebody else may have been faster; the next round says.
        log.warn("A task on Solana could not be moved", { ...named(task), why: hubRefusalIn(error) ?? "" }, error);
      }
    }
  }

  /** Resolves when no task is being answered. */
  async idle(): Promise<void> {
    await Promise.all(this.#runs.values());
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("The router is stopping."));
    await this.idle();
  }

  async #look(task: TaskState, hub: HubState, now: UnixSeconds): Promise<void> {
    const { tasks } = this.#parts;
    const isLate = now >= task.deadlineSeconds;
    switch (task.phase) {
      case "opened":
        return isLate ? undefined : this.#take(task, hub);
      case "assigned":
        if (isLate) return tasks.expire(task);
        return this.#begin(task, hub, task.deadlineSeconds - now);
      case "committed":
        // Guards show their verdict themselves.
        return isLate ? tasks.expire(task) : undefined;
      case "decided":
        return tasks.pay(task, hub);
      case "ended":
        return undefined;
    }
  }

  async #take(task: TaskState, hub: HubState): Promise<void> {
    const { tasks, log } = this.#parts;
    const request = readRequest(task);
    const isWhole =
      request !== undefined && task.answerRoom >= SOLANA_ANSWER_HEAD_BYTES + TOKEN_BYTES * request.params.maxTokens;
    if (!isWhole || task.workSeconds <= SENDING_SECONDS) {
      log.debug("A task on Solana isn't taken", { ...named(task), isReadable: request !== undefined });
      return;
    }
    if (this.#runs.size >= RUNS_MAX || this.#stopping.signal.aborted) return;
    await tasks.assign(task);
    log.info("A task on Solana is assigned", named(task));
    this.#begin(task, hub, task.workSeconds);
  }

  #begin(task: TaskState, hub: HubState, seconds: number): void {
    const { log } = this.#parts;
    const request = readRequest(task);
    const isFull = this.#runs.size >= RUNS_MAX || this.#stopping.signal.aborted;
    if (request === undefined || this.#runs.has(task.address) || isFull || seconds <= SENDING_SECONDS) return;
    const run = this.#run({ task, hub, request, seconds: seconds - SENDING_SECONDS })
      .catch((error: unknown) => log.warn("A task on Solana could not be answered", named(task), error))
      .finally(() => this.#runs.delete(task.address));
    this.#runs.set(task.address, run);
  }

  async #run(run: Run): Promise<void> {
    const { task, hub, seconds } = run;
    const { tasks, log } = this.#parts;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(seconds * 1_000)]);
    const answered = this.#answers.get(nonceOf(task)) ?? (await this.#ask(run, signal));
    if (answered === undefined) return;
    const { taskId, text, feeWei } = answered;
    const said = await this.#answerOf(taskId, text, signal);
    if (said === undefined) return log.info("An answer for Solana isn't of one result", { ...named(task), taskId });
    const bytes = SOLANA_ANSWER_HEAD_BYTES + utf8ToBytes(text).length;
    if (bytes > task.answerRoom) return log.info("An answer has no room on Solana", { ...named(task), taskId, bytes });
    const fee = solanaFeeOf(hub, feeWei, task.amount);
    await tasks.answer(task, said, fee);
    log.info("A task on Solana is answered", { ...named(task), taskId, fee: fee.toString() });
  }

  /** Asks the network, which costs the operator's session: once for each task that is answered. */
  async #ask({ task, hub, request }: Run, signal: AbortSignal): Promise<Answered | undefined> {
    const { gateway, caller, log } = this.#parts;
    const asked = {
      choice: { maxFeeWei: solanaFeeCapWei(hub, task.amount) },
      userNonce: nonceOf(task),
      signal,
    };
    const text: string[] = [];
    for await (const event of await gateway.infer(caller, request, asked)) {
      if (event.kind === "text") text.push(event.text);
      if (event.kind === "failed")
        log.info("A task on Solana found no answer", { ...named(task), code: event.refusal.code });
      if (event.kind !== "done") continue;
      const { address } = task;
      const answered = { address, taskId: event.taskId, text: text.join(""), feeWei: event.feeWei };
      this.#answers.set(nonceOf(task), answered);
      return answered;
    }
    return undefined;
  }

  /** The answer with the record that the network has of it. Undefined for one of several results, and where its miner shows none. */
  async #answerOf(taskId: Bytes32, text: string, signal: AbortSignal): Promise<SolanaAnswer | undefined> {
    const { gateway, caller } = this.#parts;
    const { receipt } = await this.#receipt(taskId, signal);
    const found = await gateway.evidence.find(taskId, caller);
    const [body] = found.kind === "found" ? found.evidence.bodies : [];
    if (body === undefined || resultsHash([hashResult(body.result)]) !== receipt.resultsHash) return undefined;
    if (outCommit(taskId, utf8ToBytes(text)) !== body.result.outCommit) return undefined;
    return { task: body.task, promptSalt: body.promptSalt, result: body.result, text };
  }

  async #receipt(taskId: Bytes32, signal: AbortSignal): Promise<ReceiptDocument> {
    const { gateway, clock } = this.#parts;
    const untilMs = clock.nowMs() + RECEIPT_MS;
    for (;;) {
      const found = await gateway.findReceipt(taskId);
      if (found !== undefined) return found;
      if (clock.nowMs() >= untilMs) throw new Error(`no receipt of ${taskId}`);
      await clock.sleep(RECEIPT_LOOK_MS, signal);
    }
  }
}

/** Of one opening: an address that was closed may hold another task, which wants an answer of its own. */
function nonceOf({ address, openedAt }: TaskState): Bytes32 {
  return solanaTaskNonce({ account: solanaKeyToHex(address), openedAt });
}

function named({ address, taskId }: TaskState) {
  return { account: address, solanaTaskId: taskId };
}

/** Undefined for bytes that are no request: they are a stranger's. */
function readRequest({ request }: TaskState): InferenceRequest | undefined {
  try {
    return decodeSolanaRequest(request);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
