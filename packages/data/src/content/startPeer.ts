import "./withResolvers.js";

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Libp2p, PeerId, PrivateKey } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { createLibp2p } from "libp2p";
import { CONNECTIONS_MAX, DIAL_MS, PEERS_MAX, SEND_MS, STREAMS_MAX } from "./contentLimits.js";

/** A node's key among its peers, in its folder. Says nothing of its accounts on chains. */
const KEY_FILE = "peer.key";
/** Only its owner reads it. */
const KEY_MODE = 0o600;
/** Connections that haven't shown who they are, and new ones a second from one host. */
const PENDING_MAX = 16;
const NEW_PER_SECOND_MAX = 64;
/** Bytes of one stream that a peer may send ahead of its reader. */
const WINDOW_BYTES = 1_048_576;

/** Starts listening, and finds nobody by itself: TCP, encrypted and authenticated by noise, several streams a connection by yamux. */
export async function startPeer(parts: {
  readonly folder: string;
  /** Addresses to listen at; none for a node that only asks. */
  readonly listen: readonly string[];
  /** Who may connect. Undefined for anybody. */
  readonly mayConnect?: (peer: PeerId) => boolean;
}): Promise<Libp2p> {
  const { folder, listen, mayConnect } = parts;
  return createLibp2p({
    privateKey: await openKey(folder),
    addresses: { listen: [...listen] },
    transports: [tcp({ maxConnections: CONNECTIONS_MAX })],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: STREAMS_MAX,
        maxOutboundStreams: STREAMS_MAX,
        maxStreamWindowSize: WINDOW_BYTES,
      }),
    ],
    services: { identify: identify() },
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      maxParallelDials: PEERS_MAX,
      maxIncomingPendingConnections: PENDING_MAX,
      inboundConnectionThreshold: NEW_PER_SECOND_MAX,
      dialTimeout: DIAL_MS,
      inboundUpgradeTimeout: DIAL_MS,
      inboundStreamProtocolNegotiationTimeout: SEND_MS,
      outboundStreamProtocolNegotiationTimeout: SEND_MS,
      // Peers are dialled when they are asked: nothing dials behind.
      reconnectRetries: 0,
    },
    // A busy peer isn't a dead one. Dead ones are seen by their silence: an ask has its time, and a connection its keep-alive.
    connectionMonitor: { enabled: false },
    connectionGater: {
      denyDialMultiaddr: () => false,
      ...(mayConnect === undefined ? {} : { denyInboundEncryptedConnection: (peer: PeerId) => !mayConnect(peer) }),
    },
  });
}

async function openKey(folder: string): Promise<PrivateKey> {
  const file = join(folder, KEY_FILE);
  const had = await readKey(file);
  if (had !== undefined) return had;
  const key = await generateKeyPair("Ed25519");
  try {
    await writeFile(file, privateKeyToProtobuf(key), { mode: KEY_MODE, flag: "wx" });
    return key;
  } catch (error) {
    // Another process of the same folder was first.
    const theirs = await readKey(file);
    if (theirs === undefined) throw error;
    return theirs;
  }
}

async function readKey(file: string): Promise<PrivateKey | undefined> {
  try {
    return privateKeyFromProtobuf(await readFile(file));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
