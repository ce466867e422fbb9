import type { Clock } from "@cortensor/runtime";
import { Agent, buildConnector, type Dispatcher, request } from "undici";
import { chooseAddress, type Resolve } from "../address/chooseAddress.js";
import { networkReason } from "../address/networkReason.js";
import { isPrivateAddress } from "../address/privateAddress.js";
import { collectHosted } from "./collectHosted.js";
import { checkUrl, type HostedReference } from "./hostedReference.js";
import { HostingError } from "./hostingError.js";
import { CONNECT_MS_MAX, HEADER_BYTES_MAX } from "./hostingLimits.js";
import { checkAllowed, HOSTED_TYPES, type HostingPolicy, hostOf } from "./hostingPolicy.js";

export type RequestHostedParts = {
  readonly policy: HostingPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly resolve: Resolve;
};

type UrlReference = Extract<HostedReference, { kind: "url" }>;

/**
 * Asks the one address that was checked, follows it nowhere, and takes exactly the bytes that were said. A connection of its own for
 * each document: nothing of one client's is there for the next.
 */
export async function requestHosted(
  reference: UrlReference,
  parts: RequestHostedParts,
): Promise<{ readonly bytes: Uint8Array; readonly from: string }> {
  const url = checkUrl(reference.url);
  checkAllowed(url, parts.policy);
  const host = hostOf(url);
  const agent = new Agent({
    connect: checkedConnector(url, parts),
    connections: 1,
    pipelining: 0,
    maxHeaderSize: HEADER_BYTES_MAX,
  });
  const { clock, signal } = parts;
  try {
    const open = (within: AbortSignal) => ask(url, { agent, signal: within, bytes: reference.bytes });
    const limits = { host, clock, signal, bytes: { most: reference.bytes, exact: true } };
    return { bytes: await collectHosted(open, limits), from: host };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HostingError) throw error;
    throw unreachable(host, networkReason(error));
  } finally {
    await agent.destroy();
  }
}

/** Resolves once, checks, and dials what was checked; the certificate is held against the name. */
function checkedConnector(url: URL, { policy, resolve }: RequestHostedParts): buildConnector.connector {
  const dial = buildConnector({ timeout: CONNECT_MS_MAX, ...(policy.ca === undefined ? {} : { ca: policy.ca }) });
  const name = url.hostname.replace(/^\[|\]$/g, "");
  return (options, callback) => {
    findAddress(name, url, { policy, resolve }).then(
      (address) => dial({ ...options, hostname: address, servername: options.servername ?? name }, callback),
      (error) => callback(error, null),
    );
  };
}

async function findAddress(
  name: string,
  url: URL,
  { policy, resolve }: Pick<RequestHostedParts, "policy" | "resolve">,
): Promise<string> {
  const host = hostOf(url);
  const chosen = await chooseAddress(name, { reach: policy.allowsLoopback ? "loopback" : "public", resolve });
  if (chosen.kind === "nowhere") throw unreachable(host, chosen.reason);
  if (chosen.kind === "refused")
    throw new HostingError({ code: "HOSTING_ADDRESS_REFUSED", host, address: chosen.address });
  // Without TLS only this machine is spoken to, wherever the name has led.
  if (url.protocol === "http:" && !isPrivateAddress(chosen.address))
    throw new HostingError({ code: "HOSTING_ADDRESS_REFUSED", host, address: chosen.address });
  return chosen.address;
}

async function ask(
  url: URL,
  { agent, signal, bytes }: { readonly agent: Dispatcher; readonly signal: AbortSignal; readonly bytes: number },
): Promise<AsyncIterable<Uint8Array>> {
  const answer = await request(url, {
    method: "GET",
    dispatcher: agent,
    headers: { accept: HOSTED_TYPES.join(", "), "accept-encoding": "identity", "user-agent": "cortensor-miner" },
    signal,
    // The watch's own deadlines are the ones that count.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  checkHead(answer, { host: hostOf(url), bytes });
  return answer.body;
}

function checkHead(
  { statusCode: status, headers }: Dispatcher.ResponseData,
  { host, bytes }: { readonly host: string; readonly bytes: number },
): void {
  if (status >= 300 && status < 400) throw new HostingError({ code: "HOSTING_REDIRECTED", host, status });
  if (status !== 200) throw new HostingError({ code: "HOSTING_STATUS", host, status }, { isRetryable: status >= 500 });
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") throw new HostingError({ code: "HOSTING_ENCODED", host });
  if (!isTextType(headers["content-type"])) throw new HostingError({ code: "HOSTING_BAD_TYPE", host });
  const declared = headers["content-length"];
  if (declared !== undefined && declared !== String(bytes))
    throw new HostingError({ code: "HOSTING_WRONG_LENGTH", host, said: "declared" });
}

/** One of the types that are text, in UTF-8 as far as it says. */
function isTextType(header: string | readonly string[] | undefined): boolean {
  if (typeof header !== "string") return false;
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  if (!HOSTED_TYPES.includes(type)) return false;
  return parameters.every((one) => !one.startsWith("charset=") || /^charset="?(utf-8|us-ascii)"?$/.test(one));
}

function unreachable(host: string, reason: string): HostingError {
  return new HostingError({ code: "HOSTING_UNREACHABLE", host, reason }, { isRetryable: true });
}
