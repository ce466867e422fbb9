import type { Gateway } from "@cortensor/api";
import type { Books, PublishedSet } from "@cortensor/books";
import type { DataDesk, Embed } from "@cortensor/data";
import type { ModelDistance } from "@cortensor/proof";
import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import type { Clock, Logger, Metrics } from "@cortensor/runtime";
import type { Authorise, Link, LinkAcceptor } from "@cortensor/wire";
import type { BodyContent, SignatureCounter } from "../host/index.js";
import type { RouterConfig } from "./config.js";
import type { QueueChain } from "./queue/queueChain.js";
import type { RequestContent } from "./queue/requestDesk.js";
import type { RouterChain } from "./routerChain.js";
import type { ConnectionKey } from "./sealed/connectionWord.js";
import type { SampleShelf } from "./sealed/sampleShelf.js";
import type { SinkParts } from "./sinks/sinkParts.js";

/** Signs a 32-byte digest with a secp256k1 key: 65 bytes. */
export type DigestSigner = { readonly address: Address; sign(digest: Bytes32): Hex };

/** How a role takes its links: called once, at the start. Usually `acceptLinks` on the HTTP server. */
export type TakeLinks = (handlers: {
  readonly authorise: Authorise;
  readonly onLink: (link: Link) => void;
}) => LinkAcceptor;

/** What a router publishes by its SHA-256. */
export type PublishedKind = "settlementSet" | "workRecord";

export type RouterParts = {
  readonly config: RouterConfig;
  readonly version: string;
  /** The router's registered signing key. */
  readonly signer: DigestSigner;
  /** Keys that sign debits of custodial and delegated sessions. The signer's own key may be one. */
  readonly spenders: readonly DigestSigner[];
  readonly books: Books;
  /** What honest copies of an answer don't exceed. Default: nothing is known, and nobody is called an outlier. */
  readonly distances?: readonly ModelDistance[];
  readonly chain: RouterChain;
  /** By which it serves the session queue. Absent: it doesn't. */
  readonly queueChain?: QueueChain;
  /** Where requests lie that the queue's tasks name by a CID. Absent: none is fetched, and none kept. */
  readonly requests?: RequestContent;
  /** By which sessions may have sinks. Absent: they may not. */
  readonly sinks?: SinkParts;
  /** Clients' files and vector stores, which embed by what they are connected with. Absent: none are kept. */
  readonly data?: { readonly desk: DataDesk; readonly connect: (embed: Embed) => void };
  /** Bodies of open tasks among peers. Absent: each comes from its miner, or not at all. */
  readonly bodies?: BodyContent;
  readonly links: TakeLinks;
  /** What it signs assignments of sealed tasks with. Absent: it takes none. */
  readonly connection?: ConnectionKey;
  /** Where sealed tasks lie that may be opened later. Absent: it takes no asks that say so. */
  readonly samples?: SampleShelf;
  /** Puts a settlement set where it can be had without this router. Safe to call again. */
  readonly publishSet: (set: PublishedSet, kind: PublishedKind) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Counts the signatures that are verified here; that of the signer, as a rule. */
  readonly signatures?: SignatureCounter;
  /** Uniform in [0, 1): which miner is drawn. */
  readonly random: () => number;
  /** 32 fresh, unpredictable bytes: salts, nonces, keys. */
  readonly randomBytes32: () => Bytes32;
};

export type Router = {
  readonly gateway: Gateway;
  /** Mirrors the sessions, then takes links. Rejects when the books can't be read. */
  start(): Promise<void>;
  /** Refuses new tasks, lets running ones end for a while, makes their receipts durable, and stops. */
  stop(): Promise<void>;
  readiness(): { readonly isReady: boolean; readonly reasons: readonly string[] };
};
