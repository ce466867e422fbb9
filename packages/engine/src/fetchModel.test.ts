import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { lockFolder } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./compliance/openaiServer.js";
import { type FetchedModel, type FetchModelOptions, fetchModel } from "./fetchModel.js";
import { encodeSeededGguf, TINY_MODEL } from "./seededGguf.js";

const whole = encodeSeededGguf(TINY_MODEL);
const sha256 = createHash("sha256").update(whole).digest("hex");

/** A file server with Range support, whose answers can be replaced one by one. */
type FileServer = {
  readonly url: string;
  body: Buffer;
  etag: string;
  /** Taken from the front, one per request; when empty, files are served as they should be. */
  readonly faults: ((request: IncomingMessage, response: ServerResponse) => void)[];
  readonly requests: { readonly url: string; readonly range: string | undefined }[];
  close(): Promise<void>;
};

async function startFileServer(): Promise<FileServer> {
  const state: Pick<FileServer, "faults" | "requests"> & { body: Buffer; etag: string } = {
    body: whole,
    etag: '"v1"',
    faults: [],
    requests: [],
  };
  const server = createServer((request, response) => {
    state.requests.push({ url: request.url ?? "", range: request.headers.range });
    const fault = state.faults.shift();
    if (fault === undefined) serve(state, { request, response, bytesMax: Number.POSITIVE_INFINITY });
    else fault(request, response);
  });
  const port = await listen(server);
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

function serve(
  { body, etag }: { readonly body: Buffer; readonly etag: string },
  answer: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly bytesMax: number },
): void {
  const { request, response, bytesMax } = answer;
  const ifRange = request.headers["if-range"];
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const isPart = request.headers.range !== undefined && (ifRange === undefined || ifRange === etag);
  const from = isPart ? start : 0;
  if (isPart && from >= body.length) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return;
  }
  const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
  response.writeHead(isPart ? 206 : 200, { "content-length": body.length - from, etag, ...(isPart ? range : {}) });
  const part = body.subarray(from, Math.min(body.length, from + bytesMax));
  if (from + part.length === body.length) response.end(part);
  else response.write(part, () => void cutOnceKept(response, from + part.length));
}

/** Breaks the connection when the client has put what it was sent on disk. */
async function cutOnceKept(response: ServerResponse, bytes: number): Promise<void> {
  await expect.poll(partialBytes, { interval: 2 }).toBe(bytes);
  response.destroy();
}

async function partialBytes(): Promise<number> {
  const name = (await readdir(folder, { recursive: true })).find((one) => one.endsWith(".partial"));
  return name === undefined ? 0 : (await stat(join(folder, name))).size;
}

let server: FileServer;
let folder = "";
beforeEach(async () => {
  server = await startFileServer();
  folder = await mkdtemp(join(tmpdir(), "fetch-"));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
const fetchTiny = (changes: Partial<FetchModelOptions> = {}): Promise<FetchedModel> =>
  fetchModel({ source: `${server.url}/tiny.gguf`, folder, sha256, retryMs: 1, ...changes });
const cutAfter = (bytesMax: number) => (request: IncomingMessage, response: ServerResponse) =>
  serve(server, { request, response, bytesMax });
const status = (code: number) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(code).end();
};
async function filesLeft(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe("fetchModel", () => {
  it("brings a file whole, tells its progress, and leaves nothing else behind", async () => {
    const seen: number[] = [];
    const fetched = await fetchTiny({ onProgress: ({ bytes, totalBytes }) => seen.push(bytes, totalBytes ?? 0) });
    expect(fetched).toMatchObject({ bytes: whole.length, sha256 });
    expect(await readFile(fetched.path)).toEqual(whole);
    expect(seen.slice(-2)).toEqual([whole.length, whole.length]);
    expect(await filesLeft()).toEqual(["tiny.gguf"]);
  });

  it("goes on where the connection was cut, again and again", async () => {
    server.faults.push(cutAfter(10_000), cutAfter(50_000), status(503), cutAfter(1));
    const { path } = await fetchTiny();
    expect(await readFile(path)).toEqual(whole);
    const starts = server.requests.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
    expect(starts).toEqual([0, 10_000, 60_000, 60_000, 60_001]);
  });

  it("goes on in a later call", async () => {
    const controller = new AbortController();
    server.faults.push(cutAfter(60_000), () => controller.abort());
    await expect(fetchTiny({ signal: controller.signal })).rejects.toMatchObject({ code: "ENGINE_ABORTED" });
    await fetchTiny();
    expect(server.requests.at(-1)?.range).toBe("bytes=60000-");
  });

  it("starts over when the file at the source has changed", async () => {
    const other = encodeSeededGguf({ ...TINY_MODEL, seed: 2 });
    server.faults.push(cutAfter(60_000), (request, response) => {
      server.body = other;
      server.etag = '"v2"';
      serve(server, { request, response, bytesMax: Number.POSITIVE_INFINITY });
    });
    const { path } = await fetchTiny({ sha256: createHash("sha256").update(other).digest("hex") });
    expect(await readFile(path)).toEqual(other);
  });

  it("does not fetch again what is here and right, and fetches again what is here and wrong", async () => {
    const { path } = await fetchTiny();
    await fetchTiny();
    expect(server.requests).toHaveLength(1);
    await writeFile(path, whole.subarray(0, 5_000));
    await fetchTiny();
    expect(server.requests).toHaveLength(2);
    expect(await readFile(path)).toEqual(whole);
  });

  it("refuses a file with another hash, and keeps nothing of it", async () => {
    await expect(fetchTiny({ sha256: "00".repeat(32) })).rejects.toMatchObject({ code: "ENGINE_MODEL_WRONG_HASH" });
    expect(await filesLeft()).toEqual([]);
    await expect(fetchTiny({ sha256: "zz" })).rejects.toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED" });
  });

  it("refuses a poisoned or truncated file even without a hash", async () => {
    server.body = Buffer.concat([Buffer.from("EVIL"), whole.subarray(4)]);
    const open = { source: `${server.url}/tiny.gguf`, folder, retryMs: 1 };
    await expect(fetchModel(open)).rejects.toMatchObject({ code: "ENGINE_MODEL_MALFORMED" });
    server.body = whole.subarray(0, 90_000);
    await expect(fetchModel(open)).rejects.toMatchObject({ code: "ENGINE_MODEL_TRUNCATED" });
    expect(await filesLeft()).toEqual([]);
  });

  it("gives up on a server that never brings a byte, and says that trying later may help", async () => {
    server.faults.push(...Array.from({ length: 20 }, () => status(500)));
    await expect(fetchTiny()).rejects.toMatchObject({ code: "ENGINE_MODEL_FETCH_FAILED", isRetryable: true });
    expect(server.requests).toHaveLength(5);
  });

  it("does not insist where the server says no", async () => {
    server.faults.push(status(404));
    await expect(fetchTiny()).rejects.toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED", isRetryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it("refuses a server that sends more than it announced", async () => {
    server.faults.push((_request, response) => {
      response.writeHead(206, { "content-range": "bytes 0-9/10" }).end(whole);
    });
    await writeFile(join(folder, "unused"), "");
    await expect(fetchTiny()).rejects.toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED" });
  });

  it("finds owner/repo/file sources at the hub, through its redirect", async () => {
    server.faults.push((_request, response) => response.writeHead(302, { location: "/storage/blob" }).end());
    const { path } = await fetchModel({
      source: "owner/repo/sub/tiny.gguf",
      folder,
      baseUrl: `${server.url}/`,
      sha256,
    });
    expect(server.requests.map(({ url }) => url)).toEqual(["/owner/repo/resolve/main/sub/tiny.gguf", "/storage/blob"]);
    expect(await readFile(path)).toEqual(whole);
  });

  it("keeps files of one name from two sources apart", async () => {
    const first = await fetchTiny();
    const second = await fetchTiny({ source: `${server.url}/other/tiny.gguf` });
    expect(second.path).not.toBe(first.path);
  });

  it("lets one fetch at a time write a file: another is refused meanwhile, or finds it done", async () => {
    const both = await Promise.allSettled([fetchTiny(), fetchTiny()]);
    expect(both.map(({ status: outcome }) => outcome)).toContain("fulfilled");
    for (const one of both) {
      if (one.status === "fulfilled") expect(one.value.sha256).toBe(sha256);
      else expect(one.reason).toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED", isRetryable: true });
    }
  });

  it("refuses a file that another fetch holds, and fetches it once that has let go", async () => {
    const { path } = await fetchTiny();
    await rm(path);
    const holder = await lockFolder(join(dirname(path), ".fetching", basename(path)));
    await expect(fetchTiny()).rejects.toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED", isRetryable: true });
    await holder.release();
    expect((await fetchTiny()).sha256).toBe(sha256);
  });

  it("checks a file that is already on this machine where it is", async () => {
    const path = join(folder, "own.gguf");
    await writeFile(path, whole);
    expect(await fetchModel({ source: path, folder, sha256 })).toEqual({ path, bytes: whole.length, sha256 });
    await expect(fetchModel({ source: join(folder, "none.gguf"), folder })).rejects.toMatchObject({
      code: "ENGINE_MODEL_NOT_FOUND",
    });
  });

  it.each(["ftp://host/a.gguf", "http://127.0.0.1/a.bin", "http://127.0.0.1/..%2f..%2fa.gguf", "http://:::/a.gguf"])(
    "refuses the source %s",
    async (source) => {
      await expect(fetchModel({ source, folder })).rejects.toMatchObject({ code: "ENGINE_MODEL_SOURCE_REFUSED" });
    },
  );
});
