import type { Caller, Gateway } from "./gateway.js";

/** Characters of a bearer key; nothing that is issued comes near. */
const BEARER_CHARS_MAX = 512;

/** The key of an `Authorization: Bearer …` header. */
export function readBearer(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > BEARER_CHARS_MAX) return undefined;
  if (authorization.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  const key = authorization.slice(7).trim();
  return key === "" ? undefined : key;
}

/** Who calls. Undefined without a key or with one that nobody has. */
export function findCaller(
  gateway: Pick<Gateway, "authenticate">,
  authorization: string | undefined,
): Caller | undefined | Promise<Caller | undefined> {
  const bearer = readBearer(authorization);
  return bearer === undefined ? undefined : gateway.authenticate(bearer);
}
