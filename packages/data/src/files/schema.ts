import type { Migration } from "@cortensor/runtime";

/**
 * Files, vector stores, and what was embedded of each file for each store, in parts. What tells of a client's data (names, attributes, keys of the
 * ciphertext) is sealed under the master key; a row that is deleted shreds its object.
 */
export const FILE_MIGRATIONS: readonly Migration[] = [
  {
    id: "0001-files",
    sql: `
CREATE TABLE files (
  id text PRIMARY KEY,
  owner text NOT NULL,
  bytes bigint NOT NULL,
  purpose text NOT NULL,
  media_type text NOT NULL,
  created_s bigint NOT NULL,
  expires_s bigint,
  cid text NOT NULL,
  wrapped bytea NOT NULL,
  filename bytea NOT NULL
);
CREATE INDEX files_by_owner ON files (owner, created_s, id);
CREATE INDEX files_expiring ON files (expires_s) WHERE expires_s IS NOT NULL;

CREATE TABLE vector_stores (
  id text PRIMARY KEY,
  owner text NOT NULL,
  account bigint NOT NULL,
  key_hash text,
  notes bytea NOT NULL,
  model text NOT NULL,
  dimension integer,
  created_s bigint NOT NULL,
  active_s bigint NOT NULL,
  expires_days integer,
  is_expired boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 0
);
CREATE INDEX vector_stores_by_owner ON vector_stores (owner, created_s, id);

CREATE TABLE file_batches (
  id text PRIMARY KEY,
  store text NOT NULL REFERENCES vector_stores ON DELETE CASCADE,
  created_s bigint NOT NULL,
  is_cancelled boolean NOT NULL DEFAULT false
);

CREATE TABLE vector_store_files (
  store text NOT NULL REFERENCES vector_stores ON DELETE CASCADE,
  file text NOT NULL REFERENCES files ON DELETE CASCADE,
  batch text,
  created_s bigint NOT NULL,
  status text NOT NULL,
  error_code text,
  chunk_tokens integer NOT NULL,
  overlap_tokens integer NOT NULL,
  is_auto boolean NOT NULL,
  attributes bytea NOT NULL,
  parts integer NOT NULL DEFAULT 0,
  chunks integer NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  touched_ms bigint NOT NULL DEFAULT 0,
  lease_holder text NOT NULL DEFAULT '',
  lease_until_ms bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (store, file)
);
CREATE INDEX vector_store_files_waiting ON vector_store_files (touched_ms) WHERE status = 'in_progress';
CREATE INDEX vector_store_files_by_file ON vector_store_files (file);

CREATE TABLE vector_store_parts (
  store text NOT NULL,
  file text NOT NULL,
  part integer NOT NULL,
  cid text NOT NULL,
  wrapped bytea NOT NULL,
  chunks integer NOT NULL,
  PRIMARY KEY (store, file, part),
  FOREIGN KEY (store, file) REFERENCES vector_store_files ON DELETE CASCADE
);
`,
  },
  {
    id: "0002-sources",
    sql: "ALTER TABLE vector_stores ADD COLUMN source bytea;",
  },
  {
    id: "0003-conversations",
    sql: `
CREATE TABLE conversations (
  id text PRIMARY KEY,
  owner text NOT NULL,
  model text NOT NULL,
  messages integer NOT NULL,
  bytes bigint NOT NULL,
  root text NOT NULL,
  cid text NOT NULL,
  wrapped bytea NOT NULL,
  created_s bigint NOT NULL,
  expires_s bigint NOT NULL
);
CREATE INDEX conversations_by_owner ON conversations (owner, expires_s);
CREATE INDEX conversations_expiring ON conversations (expires_s);
`,
  },
  {
    id: "0004-growing-conversations",
    sql: "ALTER TABLE conversations ADD COLUMN version bigint;",
  },
];
