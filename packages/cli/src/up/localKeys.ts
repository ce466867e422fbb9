import type { Keystore, OpenedKey, OpenedSealingKey } from "../home/keystore.js";

/** Keys of a local network, by what they do. The faucet's is anvil's own. */
export type LocalKeys = {
  /** Owns the router and the session that its API keys spend: custody `custodial`. */
  readonly operator: OpenedKey;
  readonly router: OpenedKey;
  /** Signs the operator's own debits. */
  readonly spending: OpenedKey;
  /** Each of an operator of its own, so that the router may verify them. */
  readonly miners: readonly LocalMinerKeys[];
};

export type LocalMinerKeys = {
  readonly operator: OpenedKey;
  readonly signer: OpenedKey;
  readonly sealing: OpenedSealingKey;
};

export async function openLocalKeys(keystore: Keystore, minerCount: number): Promise<LocalKeys> {
  const open = (name: string) => keystore.openOrCreate(name);
  const [operator, router, spending] = await Promise.all([open("operator"), open("router"), open("spending")]);
  const numbers = Array.from({ length: minerCount }, (_, index) => index + 1);
  const miners = await Promise.all(
    numbers.map(async (number) => {
      const [owner, signer, sealing] = await Promise.all([
        open(`miner-${number}-operator`),
        open(`miner-${number}`),
        keystore.openOrCreateSealing(`miner-${number}-sealing`),
      ]);
      return { operator: owner, signer, sealing };
    }),
  );
  return { operator, router, spending, miners };
}
