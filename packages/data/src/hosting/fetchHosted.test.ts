import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { createManualClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { cidOf, RAW_CODEC } from "../content/contentCid.js";
import { ContentError } from "../content/contentError.js";
import { aCertificate, TLS_HOST } from "../sinks/compliance/aCertificate.js";
import { type FetchHostedParts, fetchHosted } from "./fetchHosted.js";
import { parseHostedReference } from "./hostedReference.js";
import { FETCH_MS_MAX, HOSTED_BYTES_MAX, IDLE_MS_MAX } from "./hostingLimits.js";
import { BODY, countingClock, aHost as openHost, pinned, sends, TEXT } from "./test/aHost.js";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const host of opened.splice(0)) await host.close();
});

async function aHost(...parts: Parameters<typeof openHost>) {
  const host = await openHost(...parts);
  opened.push(host);
  return host;
}

const NEVER = new AbortController().signal;
const never = () => Promise.reject(new Error("asked"));

function parts(hosts: readonly string[], over: Partial<FetchHostedParts> & { loopback?: boolean; ca?: string } = {}) {
  const { loopback = true, ca, ...rest } = over;
  const policy = { hosts, allowsLoopback: loopback, ...(ca === undefined ? {} : { ca }) };
  return { policy, clock: createManualClock(), signal: NEVER, resolve: never, ...rest };
}

/** What a fetch from a server on this machine comes to. */
async function fetched(answer: Parameters<typeof aHost>[0], body?: Uint8Array, over: Parameters<typeof parts>[1] = {}) {
  const { port } = await aHost(answer);
  return fetchHosted(pinned(`http://127.0.0.1:${port}/doc`, body), parts([`127.0.0.1:${port}`], over));
}

const refusal = (code: string, more: object = {}) => expect.objectContaining({ data: { code, ...more } });

describe("a hosted document", () => {
  it("is fetched once, whole, from a server that sends exactly what was pinned", async () => {
    const { port, asked } = await aHost(sends());
    const reference = pinned(`http://127.0.0.1:${port}/doc?key=k`);
    expect(await fetchHosted(reference, parts([`127.0.0.1:${port}`]))).toBe(TEXT);
    expect(asked.map(({ url, headers }) => [url, headers["accept-encoding"]])).toEqual([["/doc?key=k", "identity"]]);
  });

  it("comes in pieces and without a length too, in any type that is text", async () => {
    const inPieces = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": 'application/json; charset="UTF-8"' });
      for (const byte of BODY) response.write(Buffer.of(byte));
      response.end();
    };
    expect(await fetched(inPieces)).toBe(TEXT);
  });

  it("comes over TLS from a host whose certificate holds, at the address that its name led to", async () => {
    const { cert, key } = await aCertificate();
    const { port } = await aHost(sends(), { cert, key });
    const url = `https://${TLS_HOST}:${port}/doc`;
    const resolve = async () => ["127.0.0.1"];
    expect(await fetchHosted(pinned(url), parts([`${TLS_HOST}:${port}`], { resolve, ca: cert }))).toBe(TEXT);
    await expect(fetchHosted(pinned(url), parts([`${TLS_HOST}:${port}`], { resolve }))).rejects.toMatchObject({
      data: { code: "HOSTING_UNREACHABLE", reason: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    const otherName = pinned(`https://other.example:${port}/doc`);
    await expect(fetchHosted(otherName, parts([`other.example:${port}`], { resolve, ca: cert }))).rejects.toMatchObject(
      { data: { code: "HOSTING_UNREACHABLE", reason: "ERR_TLS_CERT_ALTNAME_INVALID" } },
    );
  });

  it("comes by its CID, from content", async () => {
    const cid = cidOf(RAW_CODEC, BODY).toString();
    const reference = parseHostedReference({ cid, bytes: BODY.length });
    const content = async function* (asked: string) {
      if (asked === cid) yield BODY;
    };
    expect(await fetchHosted(reference, parts([], { content }))).toBe(TEXT);
    expect(await fetchHosted(parseHostedReference({ cid }), parts([], { content }))).toBe(TEXT);
    const fewer = parseHostedReference({ cid, bytes: BODY.length - 1 });
    await expect(fetchHosted(fewer, parts([], { content }))).rejects.toEqual(
      refusal("HOSTING_WRONG_LENGTH", { host: "content", said: "more" }),
    );
    const lies = async function* () {
      yield Buffer.from("another");
    };
    const found = fetchHosted(parseHostedReference({ cid }), parts([], { content: lies }));
    await expect(found).rejects.toMatchObject({ code: "HOSTING_WRONG_HASH" });
    const none = () => {
      throw new ContentError({ code: "CONTENT_NOT_FOUND", cid, failures: [] });
    };
    const gone = fetchHosted(parseHostedReference({ cid }), parts([], { content: none }));
    await expect(gone).rejects.toEqual(refusal("HOSTING_NOT_FOUND", { cid }));
  });
});

describe("a hosted document is refused", () => {
  it.each([301, 302, 303, 307, 308])(
    "when its server sends it elsewhere with %d, which is never asked",
    async (status) => {
      const other = await aHost(sends());
      const target = `http://127.0.0.1:${other.port}/doc`;
      await expect(fetched(sends(BODY, { location: target }, status))).rejects.toMatchObject({
        data: { code: "HOSTING_REDIRECTED", status },
      });
      expect(other.asked).toEqual([]);
    },
  );

  it.each([204, 206, 404, 500])("with the status %d", async (status) => {
    await expect(fetched(sends(BODY, {}, status))).rejects.toMatchObject({ data: { code: "HOSTING_STATUS", status } });
  });

  it.each(["text/html", "application/octet-stream", "image/png", "text/plain; charset=utf-16", "text/plainer", ""])(
    "as the type '%s'",
    async (type) => {
      await expect(fetched(sends(BODY, { "content-type": type }))).rejects.toMatchObject({ code: "HOSTING_BAD_TYPE" });
    },
  );

  it("compressed, which a bomb would be, before any of it is read", async () => {
    const bomb = gzipSync(Buffer.alloc(4 * HOSTED_BYTES_MAX));
    for (const encoding of ["gzip", "br", "deflate", "zstd", "identity, gzip"]) {
      const answer = fetched(sends(bomb, { "content-encoding": encoding }));
      await expect(answer).rejects.toMatchObject({ code: "HOSTING_ENCODED" });
    }
    await expect(fetched(sends(bomb))).rejects.toMatchObject({ code: "HOSTING_WRONG_LENGTH" });
  });

  it("when its server declares more or fewer bytes than were pinned", async () => {
    for (const length of [BODY.length + 1, BODY.length - 1]) {
      const answer = (response: ServerResponse) => {
        response
          .writeHead(200, { "content-type": "text/plain", "content-length": String(length) })
          .write(BODY.subarray(0, 5));
      };
      const failure = expect.objectContaining({ data: expect.objectContaining({ said: "declared" }) });
      await expect(fetched(answer)).rejects.toEqual(failure);
    }
  });

  it("when more come than were pinned, as soon as they do, and when fewer come", async () => {
    const endless = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain" });
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536, 65), more);
      };
      more();
    };
    await expect(fetched(endless)).rejects.toMatchObject({ data: { code: "HOSTING_WRONG_LENGTH", said: "more" } });
    const short = (response: ServerResponse) =>
      void response.writeHead(200, { "content-type": "text/plain", "transfer-encoding": "chunked" }).end("short");
    await expect(fetched(short)).rejects.toMatchObject({ data: { code: "HOSTING_WRONG_LENGTH", said: "fewer" } });
  });

  it("when its server hangs up half-way, or never was there", async () => {
    const cut = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain" }).write(BODY.subarray(0, 5), () => response.destroy());
    };
    await expect(fetched(cut)).rejects.toMatchObject({ code: "HOSTING_UNREACHABLE", isRetryable: true });
    const gone = await openHost(sends());
    await gone.close();
    const url = `http://127.0.0.1:${gone.port}/doc`;
    await expect(fetchHosted(pinned(url), parts([`127.0.0.1:${gone.port}`]))).rejects.toMatchObject({
      data: { code: "HOSTING_UNREACHABLE", reason: "ECONNREFUSED" },
    });
  });

  it("when it is another of the same length", async () => {
    const other = Buffer.from(TEXT.replace("1903", "1904"));
    await expect(fetched(sends(other))).rejects.toMatchObject({ code: "HOSTING_WRONG_HASH" });
  });

  it.each([
    ["no UTF-8", Buffer.from([0x61, 0xff, 0xfe, 0x62])],
    ["UTF-8 that stops in a character", Buffer.from([0x61, 0xe2, 0x82])],
    ["a NUL", Buffer.from("a\0b")],
  ])("when it is %s", async (_, body) => {
    await expect(fetched(sends(body), body)).rejects.toMatchObject({ code: "HOSTING_NOT_TEXT" });
  });

  it("with headers larger than any need be", async () => {
    const large = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain", "x-padding": "x".repeat(20_000) }).end(BODY);
    };
    await expect(fetched(large)).rejects.toMatchObject({ data: { reason: "UND_ERR_HEADERS_OVERFLOW" } });
  });

  it("when its server says nothing for the idle deadline", async () => {
    const { clock, manual, began } = countingClock();
    const answer = fetched(() => undefined, BODY, { clock });
    const failed = expect(answer).rejects.toMatchObject({ data: { code: "HOSTING_TIMEOUT", phase: "idle" } });
    await began(2);
    await manual.advance(IDLE_MS_MAX);
    await failed;
  });

  it("when its bytes drip, each within the idle deadline", async () => {
    const { clock, manual, began } = countingClock();
    let drip: ((byte: number) => void) | undefined;
    const slow = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write(BODY.subarray(0, 1));
      drip = (byte) => void response.write(BODY.subarray(byte, byte + 1));
    };
    const answer = fetched(slow, BODY, { clock });
    const failed = expect(answer).rejects.toMatchObject({ data: { code: "HOSTING_TIMEOUT", phase: "slow" } });
    await began(4);
    await manual.advance(IDLE_MS_MAX - 1);
    drip?.(1);
    await failed;
  });

  it("when all of it would take longer than the whole deadline, however fast it comes", async () => {
    const { clock, manual, began } = countingClock();
    const body = Buffer.alloc(HOSTED_BYTES_MAX, 65);
    const step = 131_072;
    let more: ((from: number) => void) | undefined;
    const slow = (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/plain" });
      more = (from) => void response.write(body.subarray(from, from + step));
      more(0);
    };
    const answer = fetched(slow, body, { clock });
    const failed = expect(answer).rejects.toMatchObject({ data: { code: "HOSTING_TIMEOUT", phase: "whole" } });
    let steps = 4;
    for (let passed = 0; passed < FETCH_MS_MAX; passed += IDLE_MS_MAX - 500) {
      await began(steps);
      await manual.advance(IDLE_MS_MAX - 500);
      more?.(steps * 1_000);
      steps += 1;
    }
    await failed;
  });

  it("when whoever wanted it has gone", async () => {
    const stop = new AbortController();
    const answer = fetched(() => stop.abort(new Error("gone")), BODY, { signal: stop.signal });
    await expect(answer).rejects.toThrow("gone");
  });
});

describe("what is never dialled", () => {
  const LISTED = "docs.example";
  const asked = (url: string, over: Parameters<typeof parts>[1] & { hosts?: readonly string[] } = {}) =>
    fetchHosted(pinned(url), parts(over.hosts ?? [LISTED], over));

  it.each([
    "https://other.example/doc",
    "https://docs.example.other.example/doc",
    "https://sub.docs.example/doc",
    "https://docs.example:8443/doc",
    "https://127.0.0.1/doc",
  ])("a host that the list doesn't name: %s", async (url) => {
    await expect(asked(url)).rejects.toMatchObject({ code: "HOSTING_HOST_NOT_ALLOWED" });
  });

  it("a listed host without TLS", async () => {
    const over = { loopback: false, hosts: ["docs.example:80"] };
    await expect(asked("http://docs.example/doc", over)).rejects.toMatchObject({ code: "HOSTING_HOST_NOT_ALLOWED" });
  });

  it("a public address without TLS, even where this machine's own may be spoken to so", async () => {
    const over = { hosts: ["docs.example:80"], resolve: async () => ["1.1.1.1"] };
    await expect(asked("http://docs.example/doc", over)).rejects.toEqual(
      refusal("HOSTING_ADDRESS_REFUSED", { host: "docs.example:80", address: "1.1.1.1" }),
    );
  });

  it("anything where the list is empty, or a CID where there is no content", async () => {
    await expect(asked("https://docs.example/doc", { hosts: [] })).rejects.toEqual(
      refusal("HOSTING_OFF", { source: "url" }),
    );
    const byCid = parseHostedReference({ cid: cidOf(RAW_CODEC, BODY).toString() });
    await expect(fetchHosted(byCid, parts([LISTED]))).rejects.toEqual(refusal("HOSTING_OFF", { source: "cid" }));
  });

  it.each([
    ["this machine", "127.0.0.1"],
    ["this machine, by IPv6", "::1"],
    ["this machine, mapped", "::ffff:127.0.0.1"],
    ["this machine, mapped in hex", "::ffff:7f00:1"],
    ["this machine, by an old mapping", "::127.0.0.1"],
    ["this machine, translated", "64:ff9b::7f00:1"],
    ["this machine, tunnelled", "2002:7f00:1::"],
    ["a private network", "10.0.0.5"],
    ["another", "172.20.1.1"],
    ["a third", "192.168.0.1"],
    ["a private network, by IPv6", "fd00::5"],
    ["a shared network", "100.64.0.1"],
    ["the metadata of a cloud's machines", "169.254.169.254"],
    ["the same, mapped", "::ffff:169.254.169.254"],
    ["the same, by IPv6", "fd00:ec2::254"],
    ["a link's own", "fe80::1"],
    ["nobody", "0.0.0.0"],
    ["everybody", "255.255.255.255"],
    ["many", "ff02::1"],
  ])("a listed name that leads to %s: %s", async (_, address) => {
    const answer = asked("https://docs.example/doc", { loopback: false, resolve: async () => ["1.1.1.1", address] });
    await expect(answer).rejects.toEqual(refusal("HOSTING_ADDRESS_REFUSED", { host: LISTED, address }));
  });

  it("a listed address that is private, written in any way", async () => {
    for (const host of ["127.0.0.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:7f00:1]"]) {
      const { hostname } = new URL(`https://${host}/doc`);
      const answer = asked(`https://${host}/doc`, { loopback: false, hosts: [hostname] });
      await expect(answer).rejects.toMatchObject({ code: "HOSTING_ADDRESS_REFUSED" });
    }
  });

  it("a name's second answer: it is resolved once, and that address is the one that is spoken to", async () => {
    const { port, asked: got } = await aHost(sends());
    const answers = [["127.0.0.1"], ["127.0.0.2"]];
    let questions = 0;
    const resolve = async () => answers[questions++] ?? [];
    const url = `http://docs.example:${port}/doc`;
    expect(await fetchHosted(pinned(url), parts([`docs.example:${port}`], { resolve }))).toBe(TEXT);
    expect([questions, got.length, got[0]?.headers.host]).toEqual([1, 1, `docs.example:${port}`]);
  });

  it("a name that leads nowhere", async () => {
    for (const resolve of [async () => [], () => Promise.reject(new Error("ENOTFOUND"))])
      await expect(asked("https://docs.example/doc", { resolve })).rejects.toMatchObject({
        code: "HOSTING_UNREACHABLE",
      });
  });
});
