/** Bytes of one request: a deployment of the largest contract, in hex, with room. */
export const DOOR_REQUEST_BYTES_MAX = 1_048_576;
/** Bytes of one answer of the chain: logs of a few thousand blocks. */
export const DOOR_ANSWER_BYTES_MAX = 33_554_432;
/** Calls of one batch. */
export const DOOR_BATCH_MAX = 64;
/** Open connections: members' agents and nodes of one network. */
export const DOOR_CONNECTIONS_MAX = 1_024;
/** A request that isn't whole by then is dropped, and so is one that the chain doesn't answer. */
export const DOOR_TIMEOUT_MS = 30_000;
/** Words and tokens that were verified. A few hundred bytes each. */
export const REMEMBERED_MAX = 4_096;
/** How long a provider's token that was verified isn't verified again. */
export const TOKEN_SECONDS = 60;
/** Bytes of a bearer: a token of an identity provider with its claims. */
export const BEARER_BYTES_MAX = 8_192;
/** An identity provider's keys: a document of a few KB, read again once in so long, and for a key that it didn't have at most so often. */
export const JWKS_BYTES_MAX = 65_536;
export const JWKS_KEYS_MAX = 32;
export const JWKS_MS = 60_000;
export const JWKS_AGAIN_MS = 10_000;
export const JWKS_TIMEOUT_MS = 5_000;
/** An RSA key below this is broken, or soon will be. */
export const RSA_BITS_MIN = 2_048;
