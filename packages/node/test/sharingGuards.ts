import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealKeyPair, portableAead, type SharedKey, shareDataKey } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { openSampleShelf, type SampleShelf } from "../src/index.js";
import { addressOf, onTearDown } from "./testNetwork.js";

/** A router's shelf of samples, in a folder that goes with the test. */
export function shelfOfTest(): SampleShelf {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-samples-"));
  onTearDown(async () => rmSync(folder, { recursive: true, force: true }));
  return openSampleShelf({ folder, clock: systemClock, log: silentLogger });
}

/** Two guards, both of whom together open what is shared out among them. */
export async function sharingGuards() {
  const guards = await Promise.all(
    [0, 1].map(async (place) => ({ guard: addressOf(`guard ${place}`), ...(await createSealKeyPair("x25519")) })),
  );
  const [setHash, bundleHash] = [`0x${"5e".repeat(32)}`, `0x${"b0".repeat(32)}`] as const;
  const share = (of: { readonly taskId: `0x${string}`; readonly dataKey: Uint8Array }): Promise<SharedKey> =>
    shareDataKey({
      ...{ ...of, setHash, aead: portableAead },
      suite: "x25519",
      sharers: guards.map(({ guard, publicKey }) => ({ guard, bundleHash, publicKey })),
    });
  return { guards, setHash, share };
}
