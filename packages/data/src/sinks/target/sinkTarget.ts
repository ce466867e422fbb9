import type { Secret } from "@cortensor/runtime";

/** A database server: where it is, as whom, and what the tables are called. */
export type ServerTarget = {
  readonly kind: "postgres" | "mysql";
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Empty where there is none. */
  readonly password: Secret<string>;
  /** `verify`: encrypted, its certificate checked against the host's name. `off`: only to a private or loopback address. */
  readonly tls: "verify" | "off";
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string;
  /** Postgres: the schema that holds the tables. MySQL has none beside the database. */
  readonly schema?: string;
  /** What each table's name begins with. */
  readonly prefix: string;
};

/** A file on this machine. */
export type FileTarget = { readonly kind: "sqlite"; readonly path: string; readonly prefix: string };

/** A server that takes signed POSTs. */
export type WebhookTarget = {
  readonly kind: "webhook";
  /** Without user, password or fragment. Its path and query may hold a secret all the same: never shown. */
  readonly url: Secret<string>;
  readonly host: string;
  readonly port: number;
  /** `off` (http) only to a private or loopback address. */
  readonly tls: "verify" | "off";
  readonly ca?: string;
  readonly secret: Secret<Uint8Array>;
};

export type SinkTarget = ServerTarget | FileTarget | WebhookTarget;

/** Kind and place, fit for people and logs: no user, password, path or query of a URL. */
export function nameOfTarget(target: SinkTarget): string {
  switch (target.kind) {
    case "sqlite":
      return `sqlite ${target.path}`;
    case "webhook":
      return `webhook ${hostAndPort(target)}`;
    default:
      return `${target.kind} ${hostAndPort(target)}/${target.database}`;
  }
}

function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
