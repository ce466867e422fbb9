import { HostingError } from "./hostingError.js";
import { ALLOWED_HOSTS_MAX } from "./hostingLimits.js";

/** What an operator lets its node fetch: clients name addresses, and they aren't to be trusted. */
export type HostingPolicy = {
  /** `host` or `host:port`, each exactly; the port is 443 where none is named. Nothing else is asked. */
  readonly hosts: readonly string[];
  /** This machine's own addresses, and HTTP without TLS to them. Off but in tests and on a network of one machine. */
  readonly allowsLoopback: boolean;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca?: string;
};

/** Media types whose text is a document. Others hold no text, or text for a program. */
export const HOSTED_TYPES: readonly string[] = ["text/plain", "text/markdown", "text/csv", "application/json"];

const HTTPS_PORT = "443";
const HTTP_PORT = "80";
const ALLOWED = /^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?$/;

/** Whether a policy can be meant: each host as `host` or `host:port`, in lower case, no pattern. The first that can't. */
export function badHostOf({ hosts }: Pick<HostingPolicy, "hosts">): string | undefined {
  return hosts.length > ALLOWED_HOSTS_MAX ? hosts.at(ALLOWED_HOSTS_MAX) : hosts.find((host) => !ALLOWED.test(host));
}

/** Name and port of an address, as the allow-list and errors have it. */
export function hostOf(url: URL): string {
  const port = url.port === "" ? (url.protocol === "https:" ? HTTPS_PORT : HTTP_PORT) : url.port;
  return port === HTTPS_PORT ? url.hostname : `${url.hostname}:${port}`;
}

/** Throws HOSTING_HOST_NOT_ALLOWED where the list doesn't name it, or it is spoken to without TLS and isn't this machine. */
export function checkAllowed(url: URL, policy: HostingPolicy): void {
  const host = hostOf(url);
  const names = policy.hosts.map((one) => one.replace(/:443$/, ""));
  const isListed = names.includes(host);
  const isEncrypted = url.protocol === "https:" || policy.allowsLoopback;
  if (!isListed || !isEncrypted) throw new HostingError({ code: "HOSTING_HOST_NOT_ALLOWED", host });
}
