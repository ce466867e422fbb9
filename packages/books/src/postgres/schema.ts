import type { Migration } from "@cortensor/runtime";

/**
 * Tables of the books. A budget row bounds an account or a key: always spent + leased ≤ limit, unless the limit was lowered.
 * `leased_wei` of a row is the sum of its leases. Every receipt's fee is in `spent_wei` of its account's row and its key's,
 * by the transaction that inserted it (less, in a key's row, what was given back of tasks that were cut), and each of its payees' nets in that payee's row and leaves. Receipts refer to batches and settlements without a constraint: neither is ever
 * deleted, both are there before, and a check of each row would cost as much as its insertion.
 */
export const BOOKS_MIGRATIONS: readonly Migration[] = [
  {
    id: "0001-books",
    sql: `
CREATE TABLE sessions (
  account bigint PRIMARY KEY,
  session bytea NOT NULL,
  owner bytea NOT NULL,
  custody smallint NOT NULL,
  allotment_wei numeric(29) NOT NULL,
  chunk_wei numeric(29),
  salt bytea NOT NULL,
  tree_count bigint NOT NULL DEFAULT 0,
  tree_peaks bytea NOT NULL DEFAULT ''
);

CREATE TABLE api_keys (
  key_hash bytea PRIMARY KEY,
  account bigint NOT NULL REFERENCES sessions,
  name text NOT NULL,
  revoked boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX api_keys_of_account ON api_keys (account);

CREATE TABLE access_tokens (
  token_hash bytea PRIMARY KEY,
  account bigint NOT NULL REFERENCES sessions,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at_ms);

CREATE TABLE budgets (
  id text COLLATE "C" PRIMARY KEY,
  limit_wei numeric(29),
  chunk_wei numeric(29),
  debited_wei numeric(29) NOT NULL DEFAULT 0,
  spent_wei numeric(29) NOT NULL DEFAULT 0 CHECK (spent_wei >= 0),
  leased_wei numeric(29) NOT NULL DEFAULT 0 CHECK (leased_wei >= 0),
  receipts bigint NOT NULL DEFAULT 0,
  tokens_in bigint NOT NULL DEFAULT 0,
  tokens_out bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE routers (
  lease_epoch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  router_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  reclaim_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE leases (
  lease_epoch bigint NOT NULL REFERENCES routers,
  budget_id text COLLATE "C" NOT NULL REFERENCES budgets,
  wei numeric(29) NOT NULL CHECK (wei >= 0),
  PRIMARY KEY (lease_epoch, budget_id)
) WITH (fillfactor = 50);

CREATE TABLE batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signature bytea NOT NULL UNIQUE,
  signer bytea NOT NULL,
  root bytea NOT NULL,
  count int NOT NULL,
  sequence bigint NOT NULL
);

CREATE TABLE settlements (
  id bytea PRIMARY KEY,
  state text NOT NULL,
  tx_hash bytea,
  receipts int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX settlements_open ON settlements (created_at) WHERE state = 'prepared';

CREATE TABLE receipts (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id bytea NOT NULL UNIQUE,
  account bigint NOT NULL,
  lane_index bigint NOT NULL,
  key_hash bytea,
  operator bytea NOT NULL,
  results_hash bytea NOT NULL,
  payees_hash bytea NOT NULL,
  fee_wei numeric(29) NOT NULL,
  n_in bigint NOT NULL,
  n_out bigint NOT NULL,
  custody smallint NOT NULL,
  finish smallint NOT NULL,
  epoch bigint NOT NULL,
  payees bytea NOT NULL,
  results bytea NOT NULL,
  batch_id bigint NOT NULL,
  path bytea NOT NULL,
  created_at_ms bigint NOT NULL,
  settlement_id bytea,
  UNIQUE (account, lane_index)
);
CREATE INDEX receipts_unsettled ON receipts (account, lane_index) WHERE settlement_id IS NULL;
CREATE INDEX receipts_of_settlement ON receipts (settlement_id) WHERE settlement_id IS NOT NULL;

CREATE TABLE debits (
  account bigint NOT NULL,
  lane bytea NOT NULL,
  cumulative_wei numeric(29) NOT NULL,
  receipts_root bytea NOT NULL,
  count bigint NOT NULL,
  epoch bigint NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (account, lane, cumulative_wei)
);
`,
  },
  {
    // Receipts of before were signed without splits: no note can cover them, and a database that has some is refused.
    id: "0002-credit-notes",
    sql: `
ALTER TABLE sessions ADD COLUMN session_class smallint NOT NULL DEFAULT 0;
ALTER TABLE sessions ALTER COLUMN session_class DROP DEFAULT;
ALTER TABLE receipts ADD COLUMN splits_hash bytea NOT NULL;

CREATE TABLE payees (
  payee bytea PRIMARY KEY,
  cumulative_wei numeric(29) NOT NULL DEFAULT 0,
  count bigint NOT NULL DEFAULT 0,
  peaks bytea NOT NULL DEFAULT '',
  credited_wei numeric(29) NOT NULL DEFAULT 0 CHECK (credited_wei >= 0)
) WITH (fillfactor = 50);

CREATE TABLE note_leaves (
  payee bytea NOT NULL,
  from_index bigint NOT NULL,
  leaves bytea NOT NULL,
  PRIMARY KEY (payee, from_index)
);

ALTER TABLE settlements ADD COLUMN credits bytea NOT NULL DEFAULT '';
`,
  },
  {
    id: "0003-settlement-sets",
    sql: `
CREATE TABLE settlement_sets (
  cid bytea PRIMARY KEY,
  bytes bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
  },
  {
    id: "0004-settlement-calls",
    sql: `
CREATE TABLE settlement_calls (
  settlement_id bytea PRIMARY KEY,
  call bytea NOT NULL,
  since_block bigint NOT NULL
);
`,
  },
  {
    // An index of ranges: receipts come in the order of their epochs, and their insertion must stay cheap.
    id: "0005-service",
    sql: `
CREATE TABLE service_figures (
  meter bytea NOT NULL,
  account bigint NOT NULL,
  epoch bigint NOT NULL,
  sla smallint NOT NULL,
  asked bigint NOT NULL,
  answered bigint NOT NULL,
  first bigint NOT NULL,
  late bigint NOT NULL,
  PRIMARY KEY (account, epoch, meter)
);

CREATE TABLE session_credits (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account bigint NOT NULL,
  epoch bigint NOT NULL,
  reason text NOT NULL,
  from_epoch bigint NOT NULL,
  wei numeric(29) NOT NULL CHECK (wei >= 0),
  state text NOT NULL,
  sla smallint NOT NULL,
  asked bigint NOT NULL,
  answered bigint NOT NULL,
  first bigint NOT NULL,
  late bigint NOT NULL,
  tx_hash bytea,
  UNIQUE (account, reason, epoch)
);
CREATE INDEX session_credits_owed ON session_credits (seq) WHERE state = 'owed';

ALTER TABLE receipts ADD COLUMN refund_epoch bigint;
CREATE INDEX receipts_cut ON receipts (seq) WHERE finish = 3 AND fee_wei > 0 AND refund_epoch IS NULL;
CREATE INDEX receipts_by_epoch ON receipts USING brin (epoch) WITH (pages_per_range = 16);
`,
  },
  {
    id: "0006-labels",
    sql: "ALTER TABLE receipts ADD COLUMN label smallint;",
  },
  {
    id: "0007-checkpoints",
    sql: "CREATE TABLE task_checkpoints (task_id bytea PRIMARY KEY, checkpoints json NOT NULL);",
  },
  {
    id: "0008-work",
    sql: `
CREATE TABLE work_notes (
  writer bytea NOT NULL,
  number bigint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  bytes bytea NOT NULL,
  epoch bigint,
  PRIMARY KEY (writer, number)
);
CREATE INDEX work_notes_waiting ON work_notes (seq) WHERE epoch IS NULL;
CREATE INDEX work_notes_by_epoch ON work_notes (epoch) WHERE epoch IS NOT NULL;

CREATE TABLE work_records (
  epoch bigint PRIMARY KEY,
  root bytea NOT NULL,
  cid bytea NOT NULL,
  begun bigint NOT NULL,
  ended bigint NOT NULL,
  state text NOT NULL
);
`,
  },
  {
    id: "0009-proofs",
    sql: `
CREATE TABLE result_proofs (
  result bytea PRIMARY KEY,
  task_id bytea NOT NULL,
  proof bytea NOT NULL,
  kept_at_ms bigint NOT NULL
);
CREATE INDEX result_proofs_by_age ON result_proofs USING brin (kept_at_ms);
`,
  },
  {
    // A sealed task's label in JSON.
    id: "0010-sealing",
    sql: "ALTER TABLE receipts ADD COLUMN sealing bytea;",
  },
];
