import type { Secret } from "@cortensor/runtime";
import { z } from "zod";
import { askHttp, type HttpAnswer, type HttpRequest } from "./askHttp.js";
import { type Cid, parseCid, RAW_CODEC } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { BLOCK_BYTES_MAX, BLOCK_MS } from "./contentLimits.js";
import type { BlockSource } from "./fetchHedged.js";
import { httpBase } from "./httpSources.js";

/** A Kubo node by its RPC address. Another source, and another place to keep what should outlive this node. */
export type KuboClient = {
  /** Gives it a block, and checks that it names it alike. */
  putBlock(cid: Cid, block: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Undefined where it hasn't the block. Not checked: `source` is for that. */
  getBlock(cid: Cid, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Keeps an object whole, until it is told otherwise. */
  addPin(root: Cid, signal: AbortSignal): Promise<void>;
  removePin(root: Cid, signal: AbortSignal): Promise<void>;
  readonly source: BlockSource;
};

/** Answers that aren't blocks are short. */
const ANSWER_BYTES_MAX = 65_536;
/** Time for a pin: Kubo walks the whole object. */
const PIN_MS = 120_000;

const PUT = z.object({ Key: z.string(), Size: z.number().int().nonnegative() });
const PINNED = z.object({ Pins: z.array(z.string()).max(16) });

/** Speaks Kubo's `/api/v0`, strictly. `token` is sent as a bearer. Each call throws CONTENT_SERVICE when Kubo refuses or can't be reached. */
export function createKuboClient(parts: { readonly url: string; readonly token?: Secret<string> }): KuboClient {
  const base = httpBase(parts.url);
  const authorization = parts.token === undefined ? {} : { authorization: `Bearer ${parts.token.expose()}` };
  const ask = (path: string, rest: Omit<HttpRequest, "url" | "method" | "headers">) =>
    reach(base, { ...rest, url: `${base}/api/v0/${path}`, method: "POST", headers: authorization });
  const fail = (problem: string) => new ContentError({ code: "CONTENT_SERVICE", url: base, problem });
  const short = { bytesMax: ANSWER_BYTES_MAX, timeoutMs: BLOCK_MS };
  const getBlock: KuboClient["getBlock"] = async (cid, signal) => {
    // Offline: what Kubo would look for among strangers, this node's own sources are for.
    const path = `block/get?arg=${cid.toString()}&offline=true`;
    const answer = await ask(path, { bytesMax: BLOCK_BYTES_MAX, timeoutMs: BLOCK_MS, signal });
    if (answer.kind === "bytes") return answer.bytes;
    if (answer.kind === "refused" && /not found|could not find/i.test(answer.text)) return undefined;
    throw fail(said(answer));
  };
  const changePin = async (path: string, root: Cid, signal: AbortSignal) => {
    const answer = await ask(`${path}?arg=${root.toString()}&recursive=true`, { ...short, timeoutMs: PIN_MS, signal });
    const { Pins } = parse(PINNED, answer, fail);
    if (!Pins.some((pin) => parseCid(pin).equals(root))) throw fail("pinned something else");
  };
  return {
    putBlock: async (cid, block, signal) => {
      const body = new FormData();
      body.append("data", new Blob([Uint8Array.from(block)]));
      const codec = cid.code === RAW_CODEC ? "raw" : "dag-pb";
      const path = `block/put?cid-codec=${codec}&mhtype=sha2-256&mhlen=32&pin=false`;
      const { Key } = parse(PUT, await ask(path, { ...short, body, signal }), fail);
      if (!parseCid(Key).equals(cid)) throw fail("names the block differently");
    },
    getBlock,
    addPin: (root, signal) => changePin("pin/add", root, signal),
    removePin: (root, signal) => changePin("pin/rm", root, signal),
    source: { name: `kubo ${base}`, fetch: getBlock },
  };
}

async function reach(base: string, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await askHttp(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new ContentError(
      { code: "CONTENT_SERVICE", url: base, problem: "not reached" },
      { cause, isRetryable: true },
    );
  }
}

function parse<Shape>(shape: z.ZodType<Shape>, answer: HttpAnswer, fail: (problem: string) => ContentError): Shape {
  if (answer.kind !== "bytes") throw fail(said(answer));
  const text = new TextDecoder().decode(answer.bytes);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail("an answer that isn't JSON");
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw fail("an answer of another shape");
  return parsed.data;
}

function said(answer: HttpAnswer): string {
  if (answer.kind === "tooLarge") return "an answer larger than allowed";
  return answer.kind === "refused" ? `refused with ${answer.status}: ${answer.text}` : "an unexpected answer";
}
