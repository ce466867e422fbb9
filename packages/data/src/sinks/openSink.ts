import type { Clock } from "@cortensor/runtime";
import { createMysqlDriver } from "./mysql/createMysqlDriver.js";
import { createPostgresDriver } from "./postgres/createPostgresDriver.js";
import type { Sink } from "./sink.js";
import { SinkError } from "./sinkError.js";
import { createSqlSink } from "./sql/createSqlSink.js";
import type { SqlDriver } from "./sql/sqlDriver.js";
import { createSqliteDriver } from "./sqlite/createSqliteDriver.js";
import { type Resolve, systemResolve } from "./target/findAddress.js";
import type { SinkPolicy } from "./target/sinkPolicy.js";
import { nameOfTarget, type SinkTarget, type WebhookTarget } from "./target/sinkTarget.js";
import { createWebhookSink } from "./webhook/createWebhookSink.js";

export type OpenSinkParts = {
  readonly policy: SinkPolicy;
  readonly clock: Pick<Clock, "nowMs">;
  /** Default: the system's. */
  readonly resolve?: Resolve;
};

/** A target's sink. Connects to nothing yet. Throws SINK_TARGET_REFUSED for a file where the policy allows none. */
export function openSink(target: SinkTarget, parts: OpenSinkParts): Sink {
  const name = nameOfTarget(target);
  if (target.kind !== "webhook") return createSqlSink({ driver: openDriver(target, parts), name });
  return createWebhookSink({
    target,
    policy: parts.policy,
    clock: parts.clock,
    resolve: parts.resolve ?? systemResolve,
  });
}

/** How a database is spoken to. */
export function openDriver(
  target: Exclude<SinkTarget, WebhookTarget>,
  { policy, resolve = systemResolve }: Pick<OpenSinkParts, "policy" | "resolve">,
): SqlDriver {
  switch (target.kind) {
    case "sqlite":
      if (!policy.allowsFiles) {
        const sink = nameOfTarget(target);
        throw new SinkError({ code: "SINK_TARGET_REFUSED", sink, reason: "files aren't written here" });
      }
      return createSqliteDriver(target);
    case "postgres":
      return createPostgresDriver({ target, policy, resolve });
    case "mysql":
      return createMysqlDriver({ target, policy, resolve });
  }
}
