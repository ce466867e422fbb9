/** What a database says of the role that connected, and of the relation that is to be read. */
export type ReaderFacts = {
  readonly role: Readonly<Record<string, unknown>> | undefined;
  /** `v` a view, `m` a materialised one, `r` and `p` tables; undefined where there is none that the role may read. */
  readonly relation: string | undefined;
};

/** Asks for `ReaderFacts.role`: each column is something that a reader mustn't. */
export const ROLE_STATEMENT = `SELECT
  rolsuper AS "be a superuser", rolcreaterole AS "make roles", rolcreatedb AS "make databases",
  rolreplication AS "replicate", rolbypassrls AS "pass over row security",
  pg_has_role(rolname, 'pg_write_all_data', 'MEMBER') AS "write all data",
  pg_has_role(rolname, 'pg_read_server_files', 'MEMBER') AS "read the server's files",
  pg_has_role(rolname, 'pg_write_server_files', 'MEMBER') AS "write the server's files",
  pg_has_role(rolname, 'pg_execute_server_program', 'MEMBER') AS "run programs",
  EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_temp%'
      AND has_table_privilege(rolname, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  ) AS "write to a table"
  FROM pg_roles WHERE rolname = session_user`;

/** Asks for `ReaderFacts.relation`, by a quoted name. */
export const RELATION_STATEMENT = `SELECT c.relkind::text AS kind FROM pg_class c
  WHERE c.oid = to_regclass(?) AND has_table_privilege(c.oid, 'SELECT')`;

export type ReaderFault = { readonly kind: "noSuchPlace" } | { readonly kind: "tooStrong"; readonly may: string };

/** Why a role isn't let read a place; undefined where it can do nothing else. */
export function readerFault({ role, relation }: ReaderFacts, wanted: "view" | "vectors"): ReaderFault | undefined {
  if (role === undefined) return { kind: "tooStrong", may: "do what can't be told" };
  for (const [may, does] of Object.entries(role)) if (does !== false) return { kind: "tooStrong", may };
  const kinds = wanted === "view" ? ["v", "m"] : ["r", "p", "v", "m"];
  return relation !== undefined && kinds.includes(relation) ? undefined : { kind: "noSuchPlace" };
}
