import type { Keystore, OpenedKey } from "../../home/keystore.js";

/** Who has a rollup's blocks on its parent, and who may take an output out. On one machine all of them are its owner's. */
export type RollupKeys = {
  readonly batcher: OpenedKey;
  readonly proposer: OpenedKey;
  readonly challenger: OpenedKey;
  /** Pays for what is told from layer to layer, and has no right that others lack. */
  readonly relay: OpenedKey;
  /** Pays for bringing orders of new wallets. */
  readonly sponsor: OpenedKey;
};

export async function openRollupKeys(keystore: Keystore): Promise<RollupKeys> {
  const open = (name: string) => keystore.openOrCreate(name);
  const [batcher, proposer, challenger] = await Promise.all([open("batcher"), open("proposer"), open("challenger")]);
  const [relay, sponsor] = await Promise.all([open("relay"), open("sponsor")]);
  return { batcher, proposer, challenger, relay, sponsor };
}
