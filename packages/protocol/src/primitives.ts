/** A hex string with its prefix, lower case. */
export type Hex = `0x${string}`;
/** A 20-byte account address. Compared in lower case. */
export type Address = Hex;
/** A 32-byte word. */
export type Bytes32 = Hex;

declare const brand: unique symbol;
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Index of an epoch: `(t − t0) / epochSeconds` of chain time. */
export type EpochId = Branded<number, "EpochId">;
/** Seconds of chain or wall time since 1970. */
export type UnixSeconds = number;
