import { type ChainReader, epochAt, readGuardSet, readHead, readNode } from "@cortensor/chain";
import {
  type Address,
  type LogFault,
  logFault,
  registryDomain,
  type SignedShareRelease,
  shareReleaseSchema,
  underEndpoint,
} from "@cortensor/protocol";
import { z } from "zod";

const ASK_MS = 10_000;
/** Of one guard: at most so many answers of 256 entries. */
const PAGES_MAX = 64;
const PAGE_CHARS_MAX = 262_144;
const page = z.object({ releases: z.array(shareReleaseSchema).max(256) });

/** A guard's log as it shows it, and what is wrong with it. */
export type ShownLog = {
  readonly guard: Address;
  readonly releases: readonly SignedShareRelease[];
  /** `away`: it shows none. */
  readonly fault: LogFault | "away" | undefined;
};

/** Logs of the running epoch's guards, each held against itself: an entry that was left out before a later one shows. */
export async function readOpenings(chain: ChainReader): Promise<readonly ShownLog[]> {
  const { chainId, addresses } = chain.profile;
  const domain = registryDomain({ chainId, registry: addresses.registry });
  const { members } = await readGuardSet(chain, epochAt(chain.profile, (await readHead(chain)).timestamp));
  return Promise.all(
    members.map(async ({ guard }): Promise<ShownLog> => {
      const endpoint = (await readNode(chain, guard))?.endpoint ?? "";
      const releases = await readLog(endpoint);
      if (releases === undefined) return { guard, releases: [], fault: "away" };
      return { guard, releases, fault: logFault(domain, guard, releases) };
    }),
  );
}

/** Undefined for a guard that is away, or says what is no log. */
async function readLog(endpoint: string): Promise<readonly SignedShareRelease[] | undefined> {
  const all: SignedShareRelease[] = [];
  try {
    for (let at = 0; at < PAGES_MAX; at += 1) {
      const url = underEndpoint(endpoint, `/v1/openings?from=${all.length}`);
      if (url === undefined) return undefined;
      const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS), redirect: "error" });
      const text = await response.text();
      if (!response.ok || text.length > PAGE_CHARS_MAX) return undefined;
      const { releases } = page.parse(JSON.parse(text));
      if (releases.length === 0) return all;
      all.push(...releases);
    }
    return all;
  } catch (error) {
    const isAway = error instanceof TypeError || error instanceof DOMException;
    if (isAway || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
