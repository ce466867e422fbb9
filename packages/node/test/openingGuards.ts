import { join } from "node:path";
import { createGuardServer } from "@cortensor/api";
import { readDispute } from "@cortensor/chain";
import {
  type Address,
  createSealKeyPair,
  guardSet,
  guardSetHash,
  portableAead,
  registryDomain,
  type SharedKey,
  type SignedShareRelease,
  shareDataKey,
} from "@cortensor/protocol";
import { aGuardGateway, noMetrics } from "../../api/test/aGuardGateway.js";
import { word } from "../../protocol/test/aDisputedResult.js";
import { createOpeningDesk, openOpeningLogBook } from "../src/guard/index.js";
import { openRecordStore } from "../src/host/index.js";
import { createDrawOpenings } from "../src/validator/index.js";
import { type DisputeWorld, EPOCH } from "./disputeWorld.js";
import { addressOf } from "./testNetwork.js";

const NAMES = [0, 1, 2, 3].map((place) => `guard ${place}`);
/** Among those that a guard holds against a validator's ask of the epoch, and a judge's of the receipt's. */
const SET_EPOCH = 2;
const NEVER = new AbortController().signal;

/** Four guards of a world, each with its prekey, its log on the disk and its HTTP: any three open what is shared out among them. */
export type OpeningGuards = {
  share(of: { readonly taskId: `0x${string}`; readonly dataKey: Uint8Array }): Promise<SharedKey>;
  endpoints(): ReadonlyMap<Address, string>;
  logs(): readonly (readonly SignedShareRelease[])[];
  stop(): Promise<void>;
};

export async function startOpeningGuards(
  world: DisputeWorld,
  readBeacon: (epoch: number) => Promise<`0x${string}` | undefined>,
): Promise<OpeningGuards> {
  const { chainId, addresses } = world.profile;
  const domain = registryDomain({ chainId, registry: addresses.registry });
  const members = NAMES.map((name) => ({ guard: addressOf(name), stakeWei: 1n }));
  const keys = new Map<string, Awaited<ReturnType<typeof createSealKeyPair>>>();
  for (const name of NAMES) keys.set(name, await createSealKeyPair("x25519"));
  const draw = createDrawOpenings({ source: world.source, readBeacon });
  const drawnFor = async (epoch: number) =>
    (epoch === EPOCH ? await draw(epoch, NEVER) : undefined)?.validators ?? new Map();
  const endpoints = new Map<Address, string>();
  const guards = await Promise.all(
    NAMES.map(async (name) => {
      const store = openRecordStore(join(world.folder, name));
      const log = openOpeningLogBook({ store, domain, signer: world.signerOf(name), chainId });
      const privateKey = keys.get(name)?.privateKey ?? new Uint8Array();
      const openings = createOpeningDesk({
        ...{ self: addressOf(name), domain, log, nowSeconds: () => world.time },
        prekeys: {
          bundles: () => [],
          findPrekeys: (hash) => (hash === word(`bundle of ${name}`) ? [{ suite: "x25519", privateKey }] : []),
        },
        readGuardSet: async (epoch) => guardSet(epoch, members),
        ...{ drawnFor, epoch: () => EPOCH + 1 },
        readDispute: (number) => readDispute(world.reader, number),
      });
      const server = createGuardServer({ gateway: aGuardGateway, metrics: noMetrics, openings });
      endpoints.set(addressOf(name), await server.listen({ host: "127.0.0.1", port: 0 }));
      const stop = async () => {
        await server.close();
        await store.close();
      };
      return { log, stop };
    }),
  );
  return {
    share: (of) =>
      shareDataKey({
        ...{ ...of, aead: portableAead, setHash: guardSetHash(guardSet(SET_EPOCH, members)) },
        suite: "x25519",
        sharers: NAMES.map((name) => ({
          guard: addressOf(name),
          bundleHash: word(`bundle of ${name}`),
          publicKey: keys.get(name)?.publicKey ?? new Uint8Array(),
        })),
      }),
    endpoints: () => endpoints,
    logs: () => guards.map(({ log }) => log.from(0, 100)),
    stop: async () => {
      for (const guard of guards) await guard.stop();
    },
  };
}
