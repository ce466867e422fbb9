import type { Keystore, OpenedKey } from "../home/keystore.js";

/** Keys of a local network, by what they do. The faucet's is anvil's own. */
export type LocalKeys = {
  /** Owns the router and the session that its API keys spend: custody `custodial`. */
  readonly operator: OpenedKey;
  readonly router: OpenedKey;
  /** Signs the operator's own debits. */
  readonly spending: OpenedKey;
  readonly miners: readonly { readonly operator: OpenedKey; readonly signer: OpenedKey }[];
};

export async function openLocalKeys(keystore: Keystore, minerCount: number): Promise<LocalKeys> {
  const open = (name: string) => keystore.openOrCreate(name);
  const [operator, router, spending] = await Promise.all([open("operator"), open("router"), open("spending")]);
  const numbers = Array.from({ length: minerCount }, (_, index) => index + 1);
  const miners = await Promise.all(
    numbers.map(async (number) => {
      const [owner, signer] = await Promise.all([open(`miner-${number}-operator`), open(`miner-${number}`)]);
      return { operator: owner, signer };
    }),
  );
  return { operator, router, spending, miners };
}
