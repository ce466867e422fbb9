import type { z } from "zod";
import { ANSWER_BYTES_MAX, DEFAULT_TIMEOUT_MS } from "./limits.js";
import { refusalOf } from "./refusalOf.js";
import { SdkError } from "./sdkError.js";

/** How every call may be bounded. */
export type CallOptions = {
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call; of a stream, for each silence in it. Default 120,000. */
  readonly timeoutMs?: number;
};

export type HttpCall = CallOptions & {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly bearer?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a form as it is. */
  readonly body?: unknown;
};

/** One router's HTTP, with deadlines and its refusals as errors. */
export type Http = {
  /** A whole JSON answer, parsed by a schema. */
  json<Schema extends z.ZodType>(call: HttpCall, schema: Schema): Promise<JsonAnswer<z.output<Schema>>>;
  /** An answer whose body is still to be read. `touch` puts its deadline off: call it whenever something arrived. */
  open(call: HttpCall): Promise<OpenAnswer>;
};

export type JsonAnswer<Value> = { readonly value: Value; readonly headers: Headers };
export type OpenAnswer = {
  readonly response: Response;
  readonly url: string;
  touch(): void;
  /** Ends the deadline: the body is read to its end. */
  finish(): void;
  /** Ends the deadline, and the connection with it. */
  close(): void;
  /** What an error of the body means. */
  explain(error: unknown): unknown;
};

export function createHttp(parts: {
  readonly baseUrl: string;
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}): Http {
  const base = parts.baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
  const send = parts.fetch ?? ((input: string | URL | Request, init?: RequestInit) => fetch(input, init));

  const open = async (call: HttpCall): Promise<OpenAnswer> => {
    const url = base + call.path;
    const deadline = startDeadline(call.timeoutMs ?? parts.timeoutMs ?? DEFAULT_TIMEOUT_MS, call.signal);
    const explain = (error: unknown) => explainFailure(error, { url, deadline, signal: call.signal });
    try {
      const response = await send(url, toRequest(call, deadline.signal));
      if (!response.ok) throw refusalOf(response, await readText(response, url));
      const { touch, stop, close } = deadline;
      return { response, url, explain, touch, finish: stop, close };
    } catch (error) {
      deadline.stop();
      throw explain(error);
    }
  };

  return {
    open,
    async json(call, schema) {
      const answer = await open(call);
      try {
        const text = await readText(answer.response, answer.url);
        answer.finish();
        return { value: parseAnswer(text, schema, answer.url), headers: answer.response.headers };
      } catch (error) {
        answer.close();
        throw answer.explain(error);
      }
    },
  };
}

function toRequest(call: HttpCall, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { ...call.headers };
  if (call.bearer !== undefined) headers.authorization = `Bearer ${call.bearer}`;
  if (call.body === undefined) return { method: call.method ?? "GET", headers, signal };
  // The platform names a form's boundary.
  if (call.body instanceof FormData) return { method: "POST", headers, signal, body: call.body };
  headers["content-type"] = "application/json";
  return { method: call.method ?? "POST", headers, signal, body: toJson(call.body) };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === "bigint" ? field.toString() : field));
}

function parseAnswer<Schema extends z.ZodType>(text: string, schema: Schema, url: string): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(text, url));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const problem = issue === undefined ? "unknown shape" : `${issue.path.join(".")}: ${issue.message}`;
  throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem });
}

export function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: "not JSON" }, { cause });
  }
}

async function readText(response: Response, url: string): Promise<string> {
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > ANSWER_BYTES_MAX) throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: "too large" });
  return response.text();
}

type Deadline = {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  isPassed(): boolean;
  touch(): void;
  stop(): void;
  close(): void;
};

function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const onOuter = () => controller.abort(outer?.reason);
  if (outer?.aborted) onOuter();
  else outer?.addEventListener("abort", onOuter, { once: true });
  let isPassed = false;
  const pass = () => {
    isPassed = true;
    controller.abort(new Error("timed out"));
  };
  let timer = setTimeout(pass, timeoutMs);
  const stop = () => {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onOuter);
  };
  return {
    signal: controller.signal,
    timeoutMs,
    isPassed: () => isPassed,
    touch: () => {
      clearTimeout(timer);
      timer = setTimeout(pass, timeoutMs);
    },
    stop,
    close: () => {
      stop();
      controller.abort(new Error("closed"));
    },
  };
}

function explainFailure(
  error: unknown,
  { url, deadline, signal }: { url: string; deadline: Deadline; signal: AbortSignal | undefined },
): unknown {
  if (error instanceof SdkError) return error;
  const { timeoutMs } = deadline;
  if (deadline.isPassed()) {
    return new SdkError({ code: "SDK_TIMED_OUT", url, timeoutMs }, { cause: error, isRetryable: true });
  }
  if (signal?.aborted) return new SdkError({ code: "SDK_ABORTED", url }, { cause: error });
  return new SdkError({ code: "SDK_UNREACHABLE", url }, { cause: error, isRetryable: true });
}
