import type { Deployment } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  envelopeToJson,
  isBytes32,
  type Prompt,
  portableAead,
  type SealAudit,
  type SealContext,
  type SealedAssignment,
  type SealedRequest,
  type SealSuite,
  type SharedKey,
  sealedAnswerSalt,
  sealedAssignmentSchema,
  sealedEventSchema,
  sealTask,
  shareDataKey,
} from "@cortensor/protocol";
import { z } from "zod";
import type { AnswerEvent } from "../answers.js";
import { choiceBody } from "../answers.js";
import type { BoundOptions } from "../askRouter.js";
import { boundsOf } from "../askRouter.js";
import { type Http, parseJson } from "../http.js";
import type { NetworkInfo } from "../networkShapes.js";
import { readEvents } from "../readEvents.js";
import { SdkError } from "../sdkError.js";
import { assignmentFault } from "./assignmentFault.js";
import { type BegunAsk, beginAsk } from "./beginAsk.js";
import type { AnsweredCanary } from "./canaryDesk.js";
import { GuardDoor } from "./guardDoor.js";
import { PrekeyDoor } from "./prekeyDoor.js";
import { SealedAnswer } from "./sealedAnswer.js";
import { createSealingChain } from "./sealingChain.js";
import { Turns } from "./turns.js";

export type SealedAskerParts = {
  readonly http: Http;
  readonly deployment: Deployment;
  readonly account: () => number | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly nowMs: () => number;
  /** Fresh, unpredictable bytes. */
  readonly randomBytes: (bytes: number) => Uint8Array;
};

export type SealedOptions = Omit<BoundOptions, "audit"> & {
  readonly suite: SealSuite;
  readonly info: NetworkInfo;
  readonly standbys: boolean;
  readonly audit: SealAudit;
  readonly avoid: readonly Address[];
  /** By default the session's: one of its own matches no other ask's. */
  readonly affinityKey?: Uint8Array;
  /** Is told the task's id before the prompt leaves. What it throws, the ask throws. */
  readonly onTask?: ((taskId: Bytes32) => Promise<void>) | undefined;
  /** Once the task is a miner's: how many tokens it may answer at most. */
  readonly onBegun?: (maxTokens: number) => void;
  /** An answer that one miner gave alone, once it is found to be what that signed. */
  readonly onAnswered?: (answer: AnsweredCanary) => void;
};

type Sealing = {
  readonly sealing: BegunAsk;
  readonly answer: SealedAnswer;
  readonly options: SealedOptions;
  readonly taskId?: Bytes32;
};

/** Nobody waits longer for it: it lapses by itself. */
const GIVE_BACK_MS = 2_000;

/** Asks at once between their assignment and their envelope: more of a client's a router refuses, since each keeps a miner's place. */
const ASSIGNED_MAX = 8;

const resumed = z.object({ resumed: z.literal(true) });

/** Asks that only their miner can read: one client's session, with the keys that it drew for it. */
export class SealedAsker {
  readonly #parts: SealedAskerParts;
  readonly #sessionKey: Uint8Array;
  readonly #door: PrekeyDoor;
  readonly #turns = new Turns(ASSIGNED_MAX);
  readonly #guards: GuardDoor;

  constructor(parts: SealedAskerParts) {
    this.#parts = parts;
    this.#sessionKey = parts.randomBytes(32);
    const { deployment, nowMs } = parts;
    const session = bytesToHex(parts.randomBytes(32));
    this.#door = new PrekeyDoor({ chain: createSealingChain(deployment), session, nowMs });
    this.#guards = new GuardDoor(parts);
  }

  /** Ends with `end`. When a miner is lost on the way, a standby that it was sealed to goes on, or the same task is sealed to the next one, with the tokens that came. */
  async *ask(prompt: Prompt, options: SealedOptions): AsyncGenerator<AnswerEvent, void, undefined> {
    const model = options.info.models.find(({ id }) => id === options.model);
    if (model === undefined) throw new SdkError({ code: "SDK_SEALED_UNSUPPORTED", option: "model" });
    const sealing = beginAsk(prompt, {
      ...options,
      model,
      sessionKey: options.affinityKey ?? this.#sessionKey,
      randomBytes: this.#parts.randomBytes,
    });
    this.#door.prepare();
    // Before anything is held: whoever can't share out its key has no such answer.
    if (sealing.audit === "auditable") await this.#guards.sharers(sealing.suite);
    const { answer, open, path } = await this.#begin(sealing, options);
    const { taskId } = answer;
    options.onBegun?.(sealing.ask.maxOut);
    yield { kind: "started", taskId };
    let end: Extract<AnswerEvent, { readonly kind: "end" }> | undefined;
    // Read to its end, behind `done` too: a connection that is left before serves no further ask.
    for await (const { data } of readEvents(open)) {
      const event = readEvent(data, open.url);
      if (end !== undefined)
        throw new SdkError({ code: "SDK_BAD_ANSWER", url: open.url, problem: "more than its end" });
      if (event.kind === "opening") answer.takeOpening(event.opening);
      else if (event.kind === "frame") {
        const text = answer.takeFrame(event.frame, event.tokens);
        if (text !== "") yield { kind: "text", text };
      } else if (event.kind === "reassigned") {
        const body = await this.#seal(event.assigned, { sealing, answer, options, taskId });
        await this.#parts.http.json({ path, body, ...bearing(options) }, resumed);
      } else if (event.kind === "handedOver") {
        await this.#check(event.assigned, { sealing, answer, options, taskId });
        if (!answer.handOver(event.assigned)) throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault: "otherMiner" });
      } else if (event.kind === "failed") {
        const { code: reason, message: detail } = event;
        throw new SdkError({ code: "SDK_REFUSED", status: 200, reason, detail }, { isRetryable: true });
      } else {
        const { finish, nIn } = answer.finish(event);
        if (finish !== "stop" && finish !== "length") break;
        const counts = { promptTokens: nIn, completionTokens: answer.ids.length };
        const { miner, kernelClass } = event.result;
        if (answer.answered === 1) options.onAnswered?.({ taskId, miner, kernelClass, ids: answer.ids });
        const said = { proof: event.label, sealing: event.sealing };
        end = { kind: "end", text: answer.text, finish, ...counts, taskId, model: options.model, ...said };
      }
    }
    if (end === undefined) throw new SdkError({ code: "SDK_STREAM_CUT", taskId }, { isRetryable: true });
    yield end;
  }

  /** Has a miner assigned and seals to it. Its place is kept only for as long as that takes. */
  async #begin(sealing: BegunAsk, options: SealedOptions) {
    const pass = await this.#turn(options);
    try {
      const assigned = await this.#assign(sealing, options);
      const { taskId } = assigned.assignment;
      const { secret, suite } = sealing;
      const answerSalt = sealedAnswerSalt({ suite, secret: secret.answer }, taskId);
      const answer = new SealedAnswer({ taskId, answerSalt, aead: portableAead, audit: sealing.audit });
      const path = `/api/v1/assignments/${taskId}/envelope`;
      try {
        await options.onTask?.(taskId);
        const body = await this.#seal(assigned, { sealing, answer, options });
        const open = await this.#parts.http.open({ path, body, ...bearing(options) });
        return { answer, open, path };
      } catch (error) {
        await this.#giveBack(taskId, options);
        throw error;
      }
    } finally {
      pass();
    }
  }

  async #turn({ signal }: SealedOptions): Promise<() => void> {
    try {
      return await this.#turns.take(signal);
    } catch (cause) {
      throw new SdkError({ code: "SDK_ABORTED", url: "/api/v1/assignments" }, { cause });
    }
  }

  /** Who owns a miner, by the chain. */
  ownerOf(miner: Address): Promise<Address | undefined> {
    return this.#door.ownerOf(miner);
  }

  async #assign({ ask }: BegunAsk, options: SealedOptions): Promise<SealedAssignment> {
    const { nonce, bearer } = options;
    const headers: Record<string, string> = nonce === undefined ? {} : { "x-cortensor-nonce": nonce };
    const body = { ...ask, ...choiceBody(options) };
    const call = { path: "/api/v1/assignments", body, bearer, headers, ...boundsOf(options) };
    return (await this.#parts.http.json(call, sealedAssignmentSchema)).value;
  }

  /** Else the miner's place, and the hold, would be kept until the assignment lapses. A router that doesn't take it changes nothing. */
  async #giveBack(taskId: Bytes32, { bearer }: SealedOptions): Promise<void> {
    const call = { method: "DELETE", path: `/api/v1/assignments/${taskId}`, bearer, timeoutMs: GIVE_BACK_MS } as const;
    await this.#parts.http.json(call, z.object({})).catch(() => undefined);
  }

  /** Checks an assignment in every way that there is. Returns a context with its miner. */
  async #check(assigned: SealedAssignment, { sealing, answer, options, taskId }: Sealing): Promise<SealContext> {
    const { ask, modelId, suite } = sealing;
    const { account, deployment } = this.#parts;
    const fault = assignmentFault(assigned, {
      privacy: deployment.isPrivate === true ? "private" : "sealed",
      ...{ ask, modelId, account: account(), nonce: nonceOf(options.nonce), maxFeeWei: options.maxFeeWei },
      ...{ taskId, segment: answer.answered, tokens: answer.ids.length },
    });
    if (fault !== undefined) throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault });
    const { operator } = options.info.router;
    return this.#door.open(assigned, { operator, suite });
  }

  /** Seals to an assignment's miner, and to its standbys where they may read too; shares the key out where guards may open it. */
  async #seal(
    assigned: SealedAssignment,
    parts: Sealing,
  ): Promise<{ readonly envelope: string; readonly shared?: SharedKey }> {
    const { sealing, answer, options } = parts;
    const { suite, prompt, params, secret } = sealing;
    const { randomBytes } = this.#parts;
    const context = await this.#check(assigned, parts);
    const standbys = options.standbys ? await this.#door.openStandbys(assigned, suite) : [];
    const dataKey = randomBytes(32);
    const request: SealedRequest = {
      ...{ secret: secret.request, answerSecret: secret.answer },
      ...{ prompt, params, committed: answer.ids },
    };
    const nonce = bytesToHex(randomBytes(32)) as Bytes32;
    const task = { taskId: assigned.assignment.taskId, request, contexts: [context, ...standbys], dataKey, nonce };
    const envelope = sealTask({ ...task, aead: portableAead });
    const shared = sealing.audit === "auditable" ? await this.#share(task.taskId, { suite, dataKey }) : undefined;
    answer.begin({ assigned, context, dataKey, sharers: shared?.shares.length }, standbys);
    return { envelope: envelopeToJson(envelope), ...(shared === undefined ? {} : { shared }) };
  }

  async #share(
    taskId: Bytes32,
    { suite, dataKey }: { readonly suite: SealSuite; readonly dataKey: Uint8Array },
  ): Promise<SharedKey> {
    const set = await this.#guards.sharers(suite);
    return shareDataKey({ ...set, taskId, dataKey, suite, aead: portableAead });
  }
}

function bearing(options: SealedOptions) {
  return { bearer: options.bearer, ...boundsOf(options) };
}

function nonceOf(nonce: string | undefined): Bytes32 | undefined {
  if (nonce === undefined) return undefined;
  const text = nonce.toLowerCase();
  const hex = text.startsWith("0x") ? text : `0x${text}`;
  return isBytes32(hex) ? hex : undefined;
}

function readEvent(data: string, url: string) {
  const event = sealedEventSchema.safeParse(parseJson(data, url));
  if (!event.success) throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: "an event of another shape" });
  return event.data;
}
