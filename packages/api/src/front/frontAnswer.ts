import { type ServerResponse, STATUS_CODES } from "node:http";
import { type ApiError, invalidRequest, openAiErrorBody, problemBody } from "../apiError.js";

/** A router that is started again is back within a few seconds, as a rule. */
const RETRY_AFTER_SECONDS = 2;

export const CLIMBING = invalidRequest(
  "The URL's path has an empty segment, one of dots, a backslash, or can't be decoded.",
  "invalid_request",
);

export const NO_UPGRADE = invalidRequest("Connections are upgraded to WebSockets alone, by GET.", "invalid_request");

export const NO_LIST: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "unknown_url",
  message: "There is no route but GET /networks.",
};

/** The same for every name that leads nowhere. */
export const NO_NETWORK: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "network_not_found",
  message: "No network of that name is served here.",
};

export const NO_ROOT: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "network_not_found",
  message: "No network is served at the root of this address. Name yours: /networks/<name>/…",
};

export const NETWORK_AWAY: ApiError = {
  status: 503,
  type: "server_error",
  code: "temporarily_unavailable",
  message: "The router of this network isn't there now; it is being started again. Ask again.",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

export const NETWORK_FULL: ApiError = {
  status: 503,
  type: "server_error",
  code: "temporarily_unavailable",
  message: "As many requests and links of this network are under way here as may be. Ask again.",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
};

type Told = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** In OpenAI's shape on its routes, by RFC 9457 elsewhere. `path` is the router's, without what names the network. */
function tell(path: string, error: ApiError): Told {
  const isOpenAi = /^\/v1(\/|\?|$)/.test(path);
  const body = isOpenAi ? openAiErrorBody(error) : problemBody(error);
  return {
    body,
    headers: {
      "content-type": `application/${isOpenAi ? "json" : "problem+json"}; charset=utf-8`,
      "content-length": String(Buffer.byteLength(body)),
      "access-control-allow-origin": "*",
      ...(error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) }),
    },
  };
}

/** Ends the connection, too, when the request's body is still on its way. */
export function refuse(response: ServerResponse, path: string, error: ApiError): void {
  const { headers, body } = tell(path, error);
  const isWhole = response.req.complete;
  response.writeHead(error.status, { ...headers, ...(isWhole ? {} : { connection: "close" }) });
  response.end(body);
}

/** The same as bytes, for a connection that was to be upgraded. */
export function refusalBytes(path: string, error: ApiError): string {
  const { headers, body } = tell(path, error);
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`, ...lines, "", body].join("\r\n");
}
