import type { Keystore, OpenedKey } from "../../home/keystore.js";

/** Who has a rollup's blocks on its parent, and who may take an output out. On one machine all of them are its owner's. */
export type RollupKeys = {
  readonly batcher: OpenedKey;
  readonly proposer: OpenedKey;
  readonly challenger: OpenedKey;
  /** Pays for what is told from layer to layer, and has no right that others lack. */
  readonly relay: OpenedKey;
};

export async function openRollupKeys(keystore: Keystore): Promise<RollupKeys> {
  const open = (name: string) => keystore.openOrCreate(name);
  const [batcher, proposer, challenger, relay] = await Promise.all(
    (["batcher", "proposer", "challenger", "relay"] as const).map(open),
  );
  if (!batcher || !proposer || !challenger || !relay) throw new RangeError("each name has its key");
  return { batcher, proposer, challenger, relay };
}
