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
  readonly audit: SealAudit;
  readonly avoid: readonly Address[];
  /** By default the session's: one of its own matches no other ask's. */
  readonly affinityKey?: Uint8Array;
  /** Once the task is a miner's: how many tokens it may answer at most. */
  readonly onBegun?: (maxTokens: number) => void;
  /** An answer that one miner gave alone, once it is found to be what that signed. */
  readonly onAnswered?: (answer: AnsweredCanary) => void;
};

/** Nobody waits longer for it: it lapses by itself. */
const GIVE_BACK_MS = 2_000;

const resumed = z.object({ resumed: z.literal(true) });

/** Asks that only their miner can read: one client's session, with the keys that it drew for it. */
export class SealedAsker {
  readonly #parts: SealedAskerParts;
  readonly #sessionKey: Uint8Array;
  readonly #door: PrekeyDoor;
  readonly #guards: GuardDoor;

  constructor(parts: SealedAskerParts) {
    this.#parts = parts;
    this.#sessionKey = parts.randomBytes(32);
    this.#guards = new GuardDoor(parts);
    this.#door = new PrekeyDoor({ deployment: parts.deployment, session: bytesToHex(parts.randomBytes(32)) });
  }

  /** Ends with `end`. When a miner is lost on the way, seals the same task to the next one, with the tokens that came. */
  async *ask(prompt: Prompt, options: SealedOptions): AsyncGenerator<AnswerEvent, void, undefined> {
    const model = options.info.models.find(({ id }) => id === options.model);
    if (model === undefined) throw new SdkError({ code: "SDK_SEALED_UNSUPPORTED", option: "model" });
    const sealing = beginAsk(prompt, {
      ...options,
      model,
      sessionKey: options.affinityKey ?? this.#sessionKey,
      randomBytes: this.#parts.randomBytes,
    });
    // Before anything is held: whoever can't share out its key has no such answer.
    if (sealing.audit === "auditable") await this.#guards.sharers(sealing.suite);
    const first = await this.#assign(sealing, options);
    const { taskId } = first.assignment;
    const { secret, suite } = sealing;
    const answerSalt = sealedAnswerSalt({ suite, secret: secret.answer }, taskId);
    const answer = new SealedAnswer({ taskId, answerSalt, aead: portableAead, audit: sealing.audit });
    const path = `/api/v1/assignments/${taskId}/envelope`;
    const bounds = { bearer: options.bearer, ...boundsOf(options) };
    const begin = async () => {
      const body = await this.#seal(first, { sealing, answer, options });
      return this.#parts.http.open({ path, body, ...bounds });
    };
    const open = await begin().catch(async (error: unknown) => {
      await this.#giveBack(taskId, options);
      throw error;
    });
    options.onBegun?.(sealing.ask.maxOut);
    yield { kind: "started", taskId };
    for await (const { data } of readEvents(open)) {
      const event = readEvent(data, open.url);
      if (event.kind === "opening") answer.takeOpening(event.opening);
      else if (event.kind === "frame") {
        const text = answer.takeFrame(event.frame, event.tokens);
        if (text !== "") yield { kind: "text", text };
      } else if (event.kind === "reassigned") {
        const body = await this.#seal(event.assigned, { sealing, answer, options, taskId });
        await this.#parts.http.json({ path, body, ...bounds }, resumed);
      } else if (event.kind === "failed") {
        const { code: reason, message: detail } = event;
        throw new SdkError({ code: "SDK_REFUSED", status: 200, reason, detail }, { isRetryable: true });
      } else {
        const { finish, nIn } = answer.finish(event);
        if (finish !== "stop" && finish !== "length") break;
        const counts = { promptTokens: nIn, completionTokens: answer.ids.length };
        const { miner, kernelClass } = event.result;
        if (answer.segments === 1) options.onAnswered?.({ taskId, miner, kernelClass, ids: answer.ids });
        const said = { proof: event.label, sealing: event.sealing };
        yield { kind: "end", text: answer.text, finish, ...counts, taskId, model: options.model, ...said };
        return;
      }
    }
    throw new SdkError({ code: "SDK_STREAM_CUT", taskId }, { isRetryable: true });
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

  /** Checks an assignment in every way that there is, then seals to its miner. */
  async #seal(
    assigned: SealedAssignment,
    parts: {
      readonly sealing: BegunAsk;
      readonly answer: SealedAnswer;
      readonly options: SealedOptions;
      readonly taskId?: Bytes32;
    },
  ): Promise<{ readonly envelope: string; readonly shared?: SharedKey }> {
    const { sealing, answer, options, taskId } = parts;
    const { ask, modelId, suite, prompt, params, secret } = sealing;
    const { nowMs, account, randomBytes } = this.#parts;
    const fault = assignmentFault(assigned, {
      ...{ ask, modelId, account: account(), nonce: nonceOf(options.nonce), maxFeeWei: options.maxFeeWei },
      ...{ taskId, segment: answer.segments, tokens: answer.ids.length },
    });
    if (fault !== undefined) throw new SdkError({ code: "SDK_ASSIGNMENT_FAULT", fault });
    const { operator } = options.info.router;
    await this.#door.checkWord(assigned, { operator, nowSeconds: Math.floor(nowMs() / 1_000) });
    const context = await this.#door.contextOf(assigned, suite);
    const dataKey = randomBytes(32);
    const request: SealedRequest = {
      ...{ secret: secret.request, answerSecret: secret.answer },
      ...{ prompt, params, committed: answer.ids },
    };
    const nonce = bytesToHex(randomBytes(32)) as Bytes32;
    const task = { taskId: assigned.assignment.taskId, request, contexts: [context], dataKey, nonce };
    const envelope = sealTask({ ...task, aead: portableAead });
    const shared = sealing.audit === "auditable" ? await this.#share(task.taskId, { suite, dataKey }) : undefined;
    answer.begin({ assigned, context, dataKey, sharers: shared?.shares.length });
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
