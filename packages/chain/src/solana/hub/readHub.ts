import { domainSeparator, type Eip712Domain, solanaHubId, type UnixSeconds } from "@cortensor/protocol";
import { type Address, type Base58EncodedBytes, getBase58Decoder, getBase64Encoder } from "@solana/kit";
import { type SolanaCluster, solanaBounds } from "../connectSolana.js";
import { SolanaError, solanaCall } from "../solanaError.js";
import { solanaKeyToHex } from "../solanaKeys.js";
import type { SolanaHubPlace } from "./hubAddresses.js";
import {
  COMMIT_SPAN_SECONDS,
  decodeHub,
  decodeTask,
  type HubState,
  TASK_HEAD_BYTES,
  TASK_OFFSETS,
  type TaskState,
} from "./hubState.js";

/** What an RPC is asked of: `finalized` for what guards sign, `confirmed` to serve. */
export type HubCommitment = "confirmed" | "finalized";

/** Throws SOLANA_BAD_HUB for an account that is none of the program's. */
export async function readHub(
  { rpc }: SolanaCluster,
  { program, hub }: SolanaHubPlace,
  commitment: HubCommitment = "finalized",
): Promise<HubState> {
  const asked = rpc.getAccountInfo(hub, { commitment, encoding: "base64" }).send(solanaBounds());
  const { value } = await solanaCall("getAccountInfo", asked);
  const state = value?.owner === program ? decodeHub(fromBase64(value.data[0])) : undefined;
  if (state === undefined) throw new SolanaError({ code: "SOLANA_BAD_HUB", hub });
  return state;
}

/** Reads a hub that is to hear these guards. Throws SOLANA_BAD_HUB for one that hears what is signed in another domain, or about another hub. */
export async function requireHub(
  cluster: SolanaCluster,
  place: SolanaHubPlace,
  domain: Eip712Domain,
): Promise<HubState> {
  const state = await readHub(cluster, place);
  const isOwn = state.domain === domainSeparator(domain);
  if (isOwn && state.subject === solanaHubId(cluster.genesisHash, solanaKeyToHex(place.hub))) return state;
  throw new SolanaError({ code: "SOLANA_BAD_HUB", hub: place.hub });
}

/** A task by its account's address; undefined where there is none of this hub. */
export async function readTask(
  { rpc }: SolanaCluster,
  { program, hub }: SolanaHubPlace,
  of: Address,
  commitment: HubCommitment = "confirmed",
): Promise<TaskState | undefined> {
  const asked = rpc.getAccountInfo(of, { commitment, encoding: "base64" }).send(solanaBounds());
  const { value } = await solanaCall("getAccountInfo", asked);
  const task = value?.owner === program ? decodeTask(of, fromBase64(value.data[0])) : undefined;
  return task?.hub === hub ? task : undefined;
}

/** The tasks that were opened for a router and aren't paid yet. */
export async function listRouterTasks(
  cluster: SolanaCluster,
  place: SolanaHubPlace,
  router: Address,
): Promise<readonly TaskState[]> {
  const named = { offset: TASK_OFFSETS.router, bytes: router };
  const listed = await Promise.all(
    PHASES_OF_ROUTERS.map((phase) =>
      listTasks(cluster, place, { commitment: "confirmed", where: [named, equalBytes(TASK_OFFSETS.phase, phase)] }),
    ),
  );
  return listed.flat();
}

/** The tasks that were committed after one second and up to another, whatever became of them. Final ones alone. */
export async function listCommits(
  cluster: SolanaCluster,
  place: SolanaHubPlace,
  { after, upTo }: { readonly after: UnixSeconds; readonly upTo: UnixSeconds },
): Promise<readonly TaskState[]> {
  const first = Math.floor(after / COMMIT_SPAN_SECONDS);
  const count = Math.floor(upTo / COMMIT_SPAN_SECONDS) - first + 1;
  const spans = Array.from({ length: count }, (_, index) => first + index);
  const listed = await Promise.all(
    spans.map((span) => {
      const bytes = [span, span >>> 8, span >>> 16, span >>> 24].map((byte) => byte & 0xff);
      const where = [equalBytes(TASK_OFFSETS.commitSpan, ...bytes)];
      return listTasks(cluster, place, { commitment: "finalized", where });
    }),
  );
  return listed.flat().filter(({ committedAt }) => committedAt > after && committedAt <= upTo);
}

/** Opened, assigned, committed, decided. */
const PHASES_OF_ROUTERS = [0, 1, 2, 3] as const;

type Where = { readonly offset: number; readonly bytes: string };

function equalBytes(offset: number, ...bytes: readonly number[]): Where {
  return { offset, bytes: getBase58Decoder().decode(Uint8Array.from(bytes)) };
}

async function listTasks(
  { rpc }: SolanaCluster,
  { program, hub }: SolanaHubPlace,
  { commitment, where }: { readonly commitment: HubCommitment; readonly where: readonly Where[] },
): Promise<readonly TaskState[]> {
  const filters = [{ offset: TASK_OFFSETS.hub, bytes: hub }, ...where].map(({ offset, bytes }) => ({
    memcmp: { offset: BigInt(offset), bytes: toBase58(bytes), encoding: "base58" as const },
  }));
  const asked = rpc.getProgramAccounts(program, { commitment, encoding: "base64", filters }).send(solanaBounds());
  const listed = await solanaCall("getProgramAccounts", asked);
  return listed.flatMap(({ pubkey, account }) => {
    const data = fromBase64(account.data[0]);
    const task = data.length >= TASK_HEAD_BYTES ? decodeTask(pubkey, data) : undefined;
    return task?.hub === hub ? [task] : [];
  });
}

function toBase58(text: string): Base58EncodedBytes {
  if (isBase58(text)) return text;
  throw new SolanaError({ code: "SOLANA_BAD_ADDRESS", address: text.slice(0, 64) });
}

function isBase58(text: string): text is Base58EncodedBytes {
  return /^[1-9A-HJ-NP-Za-km-z]+$/.test(text);
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(getBase64Encoder().encode(text));
}
