import type { Clock, Secret } from "@cortensor/runtime";
import { Agent, buildConnector, type Dispatcher, request } from "undici";
import { networkReason } from "../../address/networkReason.js";
import { CONNECT_MS_MAX, DELIVERY_MS_MAX, WEBHOOK_ANSWER_BYTES_MAX } from "../limits.js";
import type { DeliverOutcome, Sink, SinkBatch } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { findAddress, type Resolve } from "../target/findAddress.js";
import type { SinkPolicy } from "../target/sinkPolicy.js";
import { nameOfTarget, type WebhookTarget } from "../target/sinkTarget.js";
import { formatDelivery } from "./formatDelivery.js";
import { signWebhook } from "./signWebhook.js";

export type WebhookSinkParts = {
  readonly target: WebhookTarget;
  readonly policy: SinkPolicy;
  readonly resolve: Resolve;
  readonly clock: Pick<Clock, "nowMs">;
};

/** Statuses by which a receiver refuses what it was sent. */
const REFUSED = new Set([400, 413, 415, 422]);
const DENIED = new Set([401, 403]);

/**
 * A sink behind HTTPS: one signed POST a batch, and only a 2xx is a receipt. It can't be asked what it has, so its receiver
 * passes over records whose sequence it has seen. Redirects aren't followed; the connection goes to the address that was checked.
 */
export function createWebhookSink(parts: WebhookSinkParts): Sink {
  const { target } = parts;
  const name = nameOfTarget(target);
  const agent = new Agent({ connect: checkedConnector(parts, name), connections: 1, pipelining: 1 });
  return {
    kind: "webhook",
    name,
    head: async () => "unknown",
    deliver: (batch, signal) => deliver({ ...parts, batch, name, agent, signal }),
    close: () => agent.destroy(),
  };
}

/** Resolves and checks for each connection, then dials what was checked; the certificate is held against the name. */
function checkedConnector({ target, policy, resolve }: WebhookSinkParts, sink: string): buildConnector.connector {
  const { host, tls, ca } = target;
  const dial = buildConnector({ timeout: CONNECT_MS_MAX, ...(ca === undefined ? {} : { ca }) });
  return (options, callback) => {
    findAddress({ sink, host, tls, policy, resolve }).then(
      (address) => dial({ ...options, hostname: address, servername: options.servername ?? host }, callback),
      (error) => callback(error, null),
    );
  };
}

async function deliver(
  parts: WebhookSinkParts & {
    readonly batch: SinkBatch;
    readonly name: string;
    readonly agent: Dispatcher;
    readonly signal: AbortSignal;
  },
): Promise<DeliverOutcome> {
  const { batch, name, agent, signal, target, clock } = parts;
  const { id, body } = formatDelivery(batch);
  const timestamp = Math.floor(clock.nowMs() / 1_000);
  const headers = {
    "content-type": "application/json",
    "user-agent": "cortensor-sink",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signWebhook({ id, timestamp, body }, target.secret.expose()),
    "idempotency-key": id,
  };
  const status = await post({ agent, url: target.url, headers, body, signal, name });
  if (status >= 200 && status < 300) return { kind: "delivered", through: batch.records.at(-1)?.sequence ?? 0 };
  if (REFUSED.has(status)) return { kind: "refused", reason: String(status) };
  if (DENIED.has(status)) throw retryable({ code: "SINK_ACCESS_DENIED", sink: name, state: String(status) });
  if (status >= 300 && status < 400) throw retryable({ code: "SINK_REDIRECTED", sink: name, status });
  throw retryable({ code: "SINK_STATUS", sink: name, status });
}

async function post(parts: {
  readonly agent: Dispatcher;
  readonly url: Secret<string>;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly name: string;
}): Promise<number> {
  const { agent, url, headers, body, signal, name } = parts;
  try {
    const answer = await request(url.expose(), {
      method: "POST",
      dispatcher: agent,
      headers,
      body,
      signal,
      headersTimeout: DELIVERY_MS_MAX,
      bodyTimeout: DELIVERY_MS_MAX,
    });
    await answer.body.dump({ limit: WEBHOOK_ANSWER_BYTES_MAX, signal });
    return answer.statusCode;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SinkError) throw error;
    throw retryable({ code: "SINK_UNREACHABLE", sink: name, reason: networkReason(error) });
  }
}

function retryable(data: SinkError["data"]): SinkError {
  return new SinkError(data, { isRetryable: true });
}
