export { type Clock, systemClock } from "./clock.js";
export {
  type ConfigOf,
  type ConfigTable,
  describeConfig,
  formatConfig,
  formatConfigHelp,
  loadConfig,
  type Parser,
  type Setting,
} from "./config.js";
export { connectDatabase, DATABASE_CONNECTIONS, type DatabaseOptions } from "./connectDatabase.js";
export {
  createLogger,
  type LogData,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  silentLogger,
} from "./createLogger.js";
export { createManualClock, type ManualClock } from "./createManualClock.js";
export {
  createMetrics,
  type MetricCounter,
  type MetricGauge,
  type MetricHistogram,
  type Metrics,
  type MetricsOptions,
  renderMetrics,
} from "./createMetrics.js";
export { createShutdown, SHUTDOWN_MS_MAX, type Shutdown, type ShutdownReport } from "./createShutdown.js";
export { databaseUrl } from "./databaseUrl.js";
export { type DieWithParentParts, dieWithParent, PARENT_POLL_MS } from "./dieWithParent.js";
export { HourlyBudget } from "./hourlyBudget.js";
export { type FolderLock, lockFolder } from "./lockFolder.js";
export { type MigrateOptions, type Migration, migrate } from "./migrate.js";
export {
  boolean,
  count,
  duration,
  hexBytes,
  hexKey,
  list,
  oneOf,
  path,
  port,
  positiveInt,
  secret,
  text,
  url,
  wei,
} from "./parsers.js";
export { pickFreePort } from "./pickFreePort.js";
export { isProcessAlive, readProcessBirth } from "./processLiveness.js";

export { removePostgres } from "./removePostgres.js";
export { backoffMs, type RetryParts, retry } from "./retry.js";
export { type LoopParts, runLoop } from "./runLoop.js";
export { RuntimeError, type RuntimeErrorData } from "./runtimeError.js";
export { REDACTED, Secret } from "./secret.js";
export { type PostgresOptions, type RunningPostgres, startPostgres } from "./startPostgres.js";
