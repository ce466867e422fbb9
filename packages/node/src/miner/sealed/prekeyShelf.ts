import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  type Bytes32,
  bytesToHex,
  decodeSignedPrekeyBundle,
  encodeSignedPrekeyBundle,
  type HeldPrekey,
  hexToBytes,
  prekeyBundleHash,
  SEAL_SUITES,
  type SignedPrekeyBundle,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { z } from "zod";

/** A miner's prekeys of one prekey epoch: what it shows, and what it alone has. */
export type ShelvedPrekeys = { readonly signed: SignedPrekeyBundle; readonly held: readonly HeldPrekey[] };

/** The prekeys that a miner still opens with, each epoch's in a file of its own, so that one can be destroyed without the others. */
export type PrekeyShelf = {
  /** Prekey epochs whose private keys are here, ascending. */
  epochs(): readonly number[];
  of(prekeyEpoch: number): ShelvedPrekeys | undefined;
  findByHash(bundleHash: Bytes32): ShelvedPrekeys | undefined;
  /** They are on the disk when this returns. */
  put(prekeys: ShelvedPrekeys): void;
  /** Overwrites the file, then removes it. What a disk kept of it elsewhere is out of reach from here. */
  destroy(prekeyEpoch: number): void;
};

/** Larger than a file is with a key of each suite. */
const FILE_BYTES_MAX = 65_536;
const NAME = /^(\d{1,15})\.json$/;
const hex = z.string().regex(/^0x([0-9a-f]{2})+$/);
const file = z.strictObject({
  bundle: hex,
  privateKeys: z.array(z.strictObject({ suite: z.enum(SEAL_SUITES), privateKey: hex })).max(SEAL_SUITES.length),
});

/** Opens the folder, or creates it, readable by its owner alone. A file that can't be read is named in the log, its contents never. */
export function openPrekeyShelf({ folder, log }: { readonly folder: string; readonly log: Logger }): PrekeyShelf {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const shelf = new Map<number, ShelvedPrekeys>();
  for (const name of readdirSync(folder)) {
    const epoch = NAME.exec(name)?.[1];
    if (epoch === undefined) continue;
    const prekeys = readPrekeys(join(folder, name));
    if (prekeys === undefined) log.error("Prekeys can't be read", { name });
    else shelf.set(Number(epoch), prekeys);
  }
  return {
    epochs: () => [...shelf.keys()].sort((left, right) => left - right),
    of: (prekeyEpoch) => shelf.get(prekeyEpoch),
    findByHash: (bundleHash) =>
      [...shelf.values()].find(({ signed }) => prekeyBundleHash(signed.bundle) === bundleHash),
    put: (prekeys) => {
      const { prekeyEpoch } = prekeys.signed.bundle;
      const path = join(folder, `${prekeyEpoch}.json`);
      writeSynced(`${path}.new`, formatPrekeys(prekeys));
      renameSync(`${path}.new`, path);
      shelf.set(prekeyEpoch, prekeys);
    },
    destroy: (prekeyEpoch) => {
      const path = join(folder, `${prekeyEpoch}.json`);
      for (const { privateKey } of shelf.get(prekeyEpoch)?.held ?? []) privateKey.fill(0);
      shelf.delete(prekeyEpoch);
      const size = readFileSync(path).length;
      overwrite(path, size);
      rmSync(path);
    },
  };
}

function readPrekeys(path: string): ShelvedPrekeys | undefined {
  const bytes = readFileSync(path);
  if (bytes.length > FILE_BYTES_MAX) return undefined;
  try {
    const { bundle, privateKeys } = file.parse(JSON.parse(bytes.toString("utf8")));
    const held = privateKeys.map(({ suite, privateKey }) => ({ suite, privateKey: bytesOf(privateKey) }));
    return { signed: decodeSignedPrekeyBundle(bytesOf(bundle)), held };
  } catch {
    // Whatever is wrong with it, its words may be a key's: only that it can't be read is told.
    return undefined;
  }
}

function formatPrekeys({ signed, held }: ShelvedPrekeys): string {
  const bundle = bytesToHex(encodeSignedPrekeyBundle(signed));
  const privateKeys = held.map(({ suite, privateKey }) => ({ suite, privateKey: bytesToHex(privateKey) }));
  return `${JSON.stringify({ bundle, privateKeys })}\n`;
}

function bytesOf(text: string): Uint8Array {
  return hexToBytes(`0x${text.slice(2)}`);
}

function writeSynced(path: string, text: string): void {
  const descriptor = openSync(path, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function overwrite(path: string, bytes: number): void {
  const descriptor = openSync(path, "r+");
  try {
    writeSync(descriptor, new Uint8Array(bytes), 0, bytes, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
