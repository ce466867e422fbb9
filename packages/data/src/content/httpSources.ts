import { askHttp } from "./askHttp.js";
import { digestOf } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { BLOCK_BYTES_MAX, BLOCK_MS, ROUTES_MAX } from "./contentLimits.js";
import type { BlockSource } from "./fetchHedged.js";

/** An address below which blocks are found over HTTP. */
export type ContentRoute = {
  readonly url: string;
  /**
   * How it names blocks: `digest` by `0x…` of their SHA-256, as routers' `/api/v1/settlements` and guards' `/v1/verdicts` do; `gateway` by
   * CID with `?format=raw`, as IPFS gateways do.
   */
  readonly names: "digest" | "gateway";
};

const RAW_BLOCK = "application/vnd.ipld.raw";
const MISSING = 404;

/** A source for each route. Throws CONTENT_SERVICE for an address that isn't HTTP's. */
export function httpSources(routes: readonly ContentRoute[]): readonly BlockSource[] {
  if (routes.length > ROUTES_MAX) {
    throw new ContentError({ code: "CONTENT_SERVICE", url: "", problem: `more than ${ROUTES_MAX} routes` });
  }
  return routes.map(({ url, names }) => {
    const base = httpBase(url);
    return {
      name: base,
      fetch: async (cid, signal) => {
        const address = names === "digest" ? `${base}/${digestOf(cid)}` : `${base}/${cid.toString()}?format=raw`;
        const headers = names === "gateway" ? { accept: RAW_BLOCK } : {};
        const answer = await askHttp({ url: address, headers, bytesMax: BLOCK_BYTES_MAX, timeoutMs: BLOCK_MS, signal });
        if (answer.kind === "bytes") return answer.bytes;
        if (answer.kind === "tooLarge") throw new Error("larger than a block");
        if (answer.status === MISSING) return undefined;
        throw new Error(`refused with ${answer.status}`);
      },
    };
  });
}

/** An address without its last slash. Throws CONTENT_SERVICE where it isn't one of HTTP. */
export function httpBase(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw new ContentError({ code: "CONTENT_SERVICE", url: url.slice(0, 200), problem: "not an address of HTTP" });
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
}
