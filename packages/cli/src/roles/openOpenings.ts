import { join } from "node:path";
import type { OpeningDesk } from "@cortensor/api";
import type { ChainWriter } from "@cortensor/chain";
import { readDispute, readNode, readSeedBeacon } from "@cortensor/chain";
import {
  createDrawOpenings,
  createFetchSet,
  createGuardReader,
  createOpeningDesk,
  createPrekeyChain,
  createPublicDutyBooks,
  type NodeSigner,
  openOpeningLogBook,
  openPrekeyShelf,
  openRecordStore,
  PrekeyDesk,
} from "@cortensor/node";
import { registryDomain } from "@cortensor/protocol";
import { type Logger, runLoop, type Shutdown, systemClock } from "@cortensor/runtime";

export type OpenOpeningsParts = {
  /** The guard's store. */
  readonly folder: string;
  readonly pollMs: number;
  readonly setsFolder?: string;
  readonly signer: NodeSigner;
  /** With the same key as the signer. */
  readonly writer: ChainWriter;
  readonly epochs: { epoch(): number; chainSeconds(): number };
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

/** A guard's part in opening sampled sealed tasks, of its real parts: prekeys that shares are sealed to, its share and its log. */
export async function openOpenings(parts: OpenOpeningsParts): Promise<OpeningDesk> {
  const { folder, pollMs, setsFolder, signer, writer, epochs, log, shutdown } = parts;
  const clock = systemClock;
  const { signal } = shutdown;
  const nowSeconds = (): number => epochs.chainSeconds();
  const reader = createGuardReader(writer, clock);
  const { chainId, registry } = reader;
  const store = openRecordStore(join(folder, "openings"));
  shutdown.add("openings", () => store.close());
  const shelf = openPrekeyShelf({ folder: join(folder, "prekeys"), log });
  const chain = await createPrekeyChain(writer);
  const prekeys = new PrekeyDesk({ chain, shelf, signer, nowSeconds, log, onChange: () => undefined });
  let isNode = false;
  const keeping = runLoop({
    ...{ name: "guard's prekeys", everyMs: pollMs, clock, signal },
    // Who only signs for a link, before the chain has guards, is no node, and nothing is sealed to it.
    work: async () => {
      isNode ||= (await readNode(writer, signer.address)) !== undefined;
      if (isNode) await prekeys.round();
    },
    onError: (error) => log.warn("Prekeys could not be posted", {}, error),
  });
  const fetchSet = createFetchSet({ chain: reader, ...(setsFolder === undefined ? {} : { folder: setsFolder }) });
  const { board } = createPublicDutyBooks(reader, fetchSet);
  const readBeacon = (epoch: number) => readSeedBeacon(writer, epoch);
  const draw = createDrawOpenings({ source: { drawnFrom: (epoch, of) => board.drawnFrom(epoch, of) }, readBeacon });
  const domain = registryDomain({ chainId, registry });
  shutdown.add("guard's prekeys", async () => void (await keeping));
  return createOpeningDesk({
    ...{ self: signer.address, domain, prekeys, nowSeconds, epoch: () => epochs.epoch() },
    log: openOpeningLogBook({ store, domain, signer, chainId }),
    readGuardSet: (epoch) => reader.readGuardSet(epoch),
    drawnFor: async (epoch) => (await draw(epoch, signal))?.validators ?? new Map(),
    readDispute: (number) => readDispute(writer, number),
  });
}
