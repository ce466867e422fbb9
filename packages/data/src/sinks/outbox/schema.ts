import type { Migration } from "@cortensor/runtime";

/**
 * What sinks keep in an operator's Postgres. Of each session one row, which every change of its records locks: `records` and `bytes` sum what waits in `sink_records`, where
 * sequences up to `delivered_through` have lost their text and stay a while for their task ids.
 */
export const SINK_MIGRATIONS: readonly Migration[] = [
  {
    id: "0001-outboxes",
    sql: `
CREATE TABLE sink_outboxes (
  session bytea PRIMARY KEY,
  last_sequence bigint NOT NULL DEFAULT 0,
  delivered_through bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  lease_holder text NOT NULL DEFAULT '',
  lease_epoch bigint NOT NULL DEFAULT 0,
  lease_until_ms bigint NOT NULL DEFAULT 0
);
CREATE INDEX sink_outboxes_waiting ON sink_outboxes (session) WHERE last_sequence > delivered_through;

CREATE TABLE sink_records (
  session bytea NOT NULL,
  sequence bigint NOT NULL,
  task_id bytea NOT NULL,
  bytes integer NOT NULL,
  record text,
  PRIMARY KEY (session, sequence),
  UNIQUE (session, task_id)
);
`,
  },
  {
    // `sealed` is a target's text under the operator's key; a draft is what a record has beside its receipt.
    id: "0002-targets",
    sql: `
CREATE SEQUENCE sink_target_versions;
CREATE TABLE sink_targets (
  session bytea PRIMARY KEY,
  account bigint NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  sealed bytea NOT NULL,
  set_at_ms bigint NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE sink_drafts (
  task_id bytea PRIMARY KEY,
  session bytea NOT NULL,
  texts text NOT NULL,
  kept_at_ms bigint NOT NULL
);
CREATE INDEX sink_drafts_kept ON sink_drafts (kept_at_ms);
`,
  },
];
