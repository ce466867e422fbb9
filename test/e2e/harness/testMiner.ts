import { randomBytes } from "node:crypto";
import { createChainWriter, readHead, registerNode, stake } from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import { answerProbe, type SealingKey } from "@cortensor/node";
import { type Address, addressOfPrivateKey, type Bytes32, type Hex, signDigest } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import {
  connectLink,
  createNodeIdentity,
  type Link,
  type LinkRole,
  type LinkStream,
  type NodeIdentity,
  type OfferedModel,
  type ProbeRequest,
} from "@cortensor/wire";
import { fundedWallet } from "./fundedWallet.js";
import type { Network } from "./startNetwork.js";

const STAKE_WEI = 1_000n * 10n ** 18n;

export function freshKey(): Hex {
  return `0x${randomBytes(32).toString("hex")}`;
}

/** A new operator with stake, and so many registered miners of it, with the keys and classes that are given. */
export async function registerMiners(
  network: Network,
  count: number,
  details: { readonly sealingKey?: Bytes32; readonly kernelClass?: Bytes32 } = {},
): Promise<readonly Hex[]> {
  const { privateKey } = await fundedWallet(network, STAKE_WEI);
  const operator = createChainWriter({ profile: network.profile, privateKey });
  await stake(operator, { wei: STAKE_WEI });
  const keys = Array.from({ length: count }, freshKey);
  for (const signerKey of keys) await registerNode(operator, { roles: ["miner"], signerKey, ...details });
  return keys;
}

/** Answers the router's probe as an honest miner does: with the real engine, and with its own keys. */
export async function answerHonestly(
  network: Network,
  parts: {
    readonly stream: LinkStream;
    readonly probe: ProbeRequest;
    readonly verifier: Address;
    readonly key: Hex;
    readonly sealing: SealingKey;
    readonly engine: Engine;
    readonly offer: OfferedModel;
  },
): Promise<void> {
  const { stream, probe, verifier, key, sealing, engine, offer } = parts;
  const reply = await answerProbe({
    probe,
    verifier,
    self: addressOfPrivateKey(key),
    domain: network.profile,
    bench: { engine, offer },
    sealing,
    sign: (digest) => signDigest(digest, key),
    nowSeconds: (await readHead(network.chain)).timestamp,
    nowMs: () => systemClock.nowMs(),
    signal: new AbortController().signal,
  });
  stream.send(reply);
  stream.end();
}

export type ClaimedIdentity = {
  /** Signs the certificate. */
  readonly key: Hex;
  /** Whose certificate it says it is. Default: the key's own address. */
  readonly address?: Address;
  readonly role?: LinkRole;
  readonly chainId?: number;
  readonly registry?: Address;
};

/** An identity as a node would make it, or as a liar would. */
export function identityOf(network: Network, claimed: ClaimedIdentity): NodeIdentity {
  const { chainId, addresses } = network.profile;
  return createNodeIdentity({
    role: claimed.role ?? "miner",
    address: claimed.address ?? addressOfPrivateKey(claimed.key),
    chainId: claimed.chainId ?? chainId,
    registry: claimed.registry ?? addresses.registry,
    signDigest: (digest) => signDigest(digest, claimed.key),
    clock: systemClock,
  });
}

/** Opens a link to the network's router over the real wire. */
export function openLink(network: Network, claimed: ClaimedIdentity, url = wireUrl(network)): Promise<Link> {
  return connectLink({
    url,
    identity: identityOf(network, claimed),
    expectPeer: { role: "router" },
    authorise: async () => ({ kind: "granted", owner: NOBODY }),
    signal: new AbortController().signal,
    clock: systemClock,
    log: silentLogger,
  });
}

const NOBODY: Address = `0x${"00".repeat(20)}`;

export function wireUrl(network: Network): string {
  return `${network.url.replace(/^http/, "ws")}/wire`;
}
