import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ContentNode, createContentNode } from "@cortensor/data";
import { createSetContent, type SetContent } from "@cortensor/node";
import { type Bytes32, SET_BYTES_MAX } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";

/** Where a router serves its sets. */
const ROUTER_PATH = "/api/v1/settlements";
/** Where a guard serves what it found in its duties. */
const GUARD_PATH = "/v1/verdicts";
/** Time for one set: 64 MiB over a slow line. */
const FETCH_MS = 120_000;

/** Finds the bytes published under a CID; undefined where there are none. Whoever asks checks their hash. */
export type ReadSet = (setCid: Bytes32) => Promise<Uint8Array | undefined>;

/** What a source begins with that is a folder of content: `cortensor content sets` and `pin` fill one. */
const CONTENT = "content:";

/** What a source begins with that is peers: routers' and guards' endpoints, comma-separated, each of which says where its content is. */
const PEERS = "peers:";
const PEERS_MAX = 16;

/** Sets of a folder, of a folder of content (`content:<folder>`), of peers (`peers:<endpoint>,…`), of a router by its address, or below any other address. */
export function openSets(source: string, signal: AbortSignal): ReadSet {
  return openFiles(source, { path: ROUTER_PATH, signal });
}

/** Documents of verdicts of a folder, of a folder of content, of peers, of a guard by its address, or below any other address. */
export function openVerdicts(source: string, signal: AbortSignal): ReadSet {
  return openFiles(source, { path: GUARD_PATH, signal });
}

function openFiles(source: string, { path, signal }: { readonly path: string; readonly signal: AbortSignal }): ReadSet {
  if (source.startsWith(PEERS)) return openPeerSets(source.slice(PEERS.length).split(","), signal);
  if (source.startsWith(CONTENT)) return openContentSets(source.slice(CONTENT.length), signal);
  if (!/^https?:\/\//.test(source)) return (setCid) => readFromFolder(join(source, setCid));
  const base = new URL(source);
  const ofNetwork = /^\/networks\/[^/]+(?=\/?$)/.exec(base.pathname)?.[0];
  if (base.pathname === "/" || ofNetwork !== undefined) base.pathname = `${ofNetwork ?? ""}${path}`;
  return (setCid) => fetchSet(`${base.origin}${base.pathname.replace(/\/$/, "")}/${setCid}`, signal);
}

/** A node of content in a folder of its own, which goes when the command ends: asks whoever the endpoints say that their content is at, as guards do. */
function openPeerSets(endpoints: readonly string[], signal: AbortSignal): ReadSet {
  if (endpoints.length > PEERS_MAX || endpoints.some((one) => !/^https?:\/\//.test(one))) {
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: PEERS,
      expected: `up to ${PEERS_MAX} endpoints over HTTP`,
    });
  }
  const log = silentLogger;
  const openContent = async (): Promise<SetContent> => {
    const folder = await mkdtemp(join(tmpdir(), "cortensor-audit-"));
    const nowSeconds = () => Math.floor(systemClock.nowMs() / 1_000);
    const node = await createContentNode({ folder, asks: true, nowSeconds, clock: systemClock, log });
    const leave = async (): Promise<void> => {
      await node.stop();
      await rm(folder, { recursive: true, force: true });
    };
    signal.addEventListener("abort", () => void leave(), { once: true });
    return createSetContent({ node, owner: "audit", readKeepers: async () => endpoints, clock: systemClock, log });
  };
  let opened: Promise<SetContent> | undefined;
  return async (setCid) => {
    opened ??= openContent();
    return (await opened).find(setCid, { routers: [], signal });
  };
}

/** Opened with the first set that is asked for, and closed when the command ends. */
function openContentSets(folder: string, signal: AbortSignal): ReadSet {
  let opened: Promise<ContentNode> | undefined;
  const openNode = async (): Promise<ContentNode> => {
    const nowSeconds = () => Math.floor(systemClock.nowMs() / 1_000);
    const node = await createContentNode({ folder, nowSeconds, clock: systemClock, log: silentLogger });
    signal.addEventListener("abort", () => void node.stop(), { once: true });
    return node;
  };
  return async (setCid) => {
    opened ??= openNode();
    return (await opened).findWhole(setCid, { bytesMax: SET_BYTES_MAX, signal });
  };
}

async function readFromFolder(file: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(file);
    if (size > SET_BYTES_MAX) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is larger than any set" });
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function fetchSet(url: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const fail = (problem: string, cause?: unknown) =>
    new CliError({ code: "CLI_BAD_FILE", file: url, problem }, { cause });
  const within = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  const response = await fetch(url, { signal: within }).catch((cause: unknown) => {
    throw fail("can't be fetched", cause);
  });
  if (response.status === 404) return undefined;
  if (!response.ok || response.body === null) throw fail(`is answered with ${response.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    length += part.length;
    if (length > SET_BYTES_MAX) throw fail("is larger than any set");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
