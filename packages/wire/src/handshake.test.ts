import { addressOfPrivateKey } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { CERTIFICATE_SECONDS } from "./createNodeIdentity.js";
import { acceptHandshake, type Handshaken, openHandshake } from "./handshake.js";
import { WIRE_VERSION } from "./hello.js";
import type { NodeIdentity } from "./identity.js";
import { Inbox } from "./inbox.js";
import { LINK_LIMITS } from "./limits.js";
import type { Authorise } from "./link.js";
import { runHandshake } from "./runHandshake.js";
import { anIdentity, KEYS, REGISTRY } from "./test/identities.js";
import { memoryTransports, type Tamper } from "./test/memoryTransports.js";

const grant: Authorise = (peer) => Promise.resolve({ kind: "granted", owner: peer.address });
const MINER = addressOfPrivateKey(KEYS.miner);
const ROUTER = addressOfPrivateKey(KEYS.router);

type Options = {
  readonly miner?: NodeIdentity;
  readonly router?: NodeIdentity;
  readonly routerAddress?: `0x${string}`;
  readonly minerAuthorises?: Authorise;
  readonly routerAuthorises?: Authorise;
  readonly tamper?: { readonly opener?: Tamper; readonly acceptor?: Tamper };
  readonly clock?: ReturnType<typeof createManualClock>;
  readonly nowSeconds?: number;
};

type Outcome = { readonly miner: Handshaken | string; readonly router: Handshaken | string };

/** Runs both sides; a side that refuses gives its message. */
async function shake(options: Options = {}): Promise<Outcome> {
  const clock = options.clock ?? createManualClock(options.nowSeconds ?? 0);
  const miner = options.miner ?? anIdentity({ clock });
  const router = options.router ?? anIdentity({ role: "router", clock });
  const transports = memoryTransports(options.tamper);
  const side = (kind: "opener" | "acceptor") => {
    const transport = transports[kind];
    const inbox = new Inbox(transport, LINK_LIMITS.handshakeBytesMax);
    return runHandshake({
      transport,
      inbox,
      clock,
      timeoutMs: LINK_LIMITS.handshakeTimeoutMs,
      signal: new AbortController().signal,
      run: (signal) => {
        const common = { transport, inbox, nowSeconds: () => Math.floor(clock.nowMs() / 1000), signal };
        if (kind === "acceptor") {
          const authorise = options.routerAuthorises ?? grant;
          return acceptHandshake({ ...common, identity: router, expectPeer: { role: "miner" }, authorise });
        }
        const authorise = options.minerAuthorises ?? grant;
        const { routerAddress } = options;
        const expectPeer = { role: "router" as const, ...(routerAddress ? { address: routerAddress } : {}) };
        return openHandshake({ ...common, identity: miner, expectPeer, authorise });
      },
    }).catch((error: unknown) => String(error));
  };
  const [minerSide, routerSide] = await Promise.all([side("opener"), side("acceptor")]);
  return { miner: minerSide, router: routerSide };
}

/** Both sides must have refused, by this reason, whichever found it. */
function expectRefused(outcome: Outcome, reason: string): void {
  expect(outcome.miner).toContain(`reason=${reason}`);
  expect(outcome.router).toContain(`reason=${reason}`);
}

/** A party that speaks otherwise than ours: its hello is changed before it signs. */
function withHello(offset: number, value: number): Tamper {
  return (bytes, index) => {
    if (index === 0) bytes[offset] = value;
    return [bytes];
  };
}

describe("the handshake", () => {
  it("proves each side to the other and gives both the same keys", async () => {
    const { miner, router } = await shake();
    if (typeof miner === "string" || typeof router === "string") throw new Error(`refused: ${miner} ${router}`);
    expect(miner.peer).toMatchObject({ role: "router", address: ROUTER, owner: ROUTER });
    expect(router.peer).toMatchObject({ role: "miner", address: MINER, owner: MINER });
    expect(router.opener.open(miner.sealer.seal(Buffer.from("up"))).toString()).toBe("up");
    expect(miner.opener.open(router.sealer.seal(Buffer.from("down"))).toString()).toBe("down");
  });

  it("gives each direction and each link its own keys", async () => {
    const one = await shake();
    const two = await shake();
    if (typeof one.miner === "string" || typeof one.router === "string") throw new Error("refused");
    if (typeof two.miner === "string") throw new Error("refused");
    const plain = Buffer.from("the same words");
    const sealed = one.miner.sealer.seal(plain).toString("hex");
    expect(two.miner.sealer.seal(plain).toString("hex")).not.toBe(sealed);
    expect(one.router.sealer.seal(plain).toString("hex")).not.toBe(sealed);
  });

  it("refuses another version", async () => {
    expectRefused(await shake({ tamper: { opener: withHello(4, WIRE_VERSION + 1) } }), "unsupportedVersion");
    expectRefused(await shake({ tamper: { opener: withHello(4, WIRE_VERSION - 1) } }), "unsupportedVersion");
  });

  it("refuses another suite", async () => {
    expectRefused(await shake({ tamper: { opener: withHello(5, 0) } }), "unsupportedSuite");
    expectRefused(await shake({ tamper: { acceptor: withHello(5, 2) } }), "unsupportedSuite");
  });

  it("refuses another chain and another registry", async () => {
    expectRefused(await shake({ miner: anIdentity({ chainId: 1, clock: createManualClock() }) }), "wrongChain");
    const registry = `${REGISTRY.slice(0, -2)}ab` as `0x${string}`;
    expectRefused(await shake({ miner: anIdentity({ registry, clock: createManualClock() }) }), "wrongRegistry");
  });

  it("refuses a peer of the wrong role", async () => {
    expectRefused(await shake({ miner: anIdentity({ role: "router", clock: createManualClock() }) }), "wrongRole");
    expectRefused(await shake({ router: anIdentity({ role: "miner", clock: createManualClock() }) }), "wrongRole");
  });

  it("refuses another router than the one that was asked for", async () => {
    expectRefused(await shake({ routerAddress: MINER }), "unexpectedPeer");
    const { miner } = await shake({ routerAddress: ROUTER });
    expect(typeof miner).toBe("object");
  });

  it("refuses a node whose registered key has not signed its connection key", async () => {
    const clock = createManualClock();
    const liar = { ...anIdentity({ clock }) };
    const honest = anIdentity({ key: KEYS.stranger, clock }).certificate();
    const forged = { ...honest.certificate, node: MINER, connectionKey: liar.connectionKey };
    const miner: NodeIdentity = { ...liar, certificate: () => ({ ...honest, certificate: forged }) };
    expectRefused(await shake({ miner, clock }), "certificateInvalid");
  });

  it("refuses a node that shows another's certificate", async () => {
    const clock = createManualClock();
    const victim = anIdentity({ clock });
    const thief = anIdentity({ key: KEYS.stranger, clock });
    const miner: NodeIdentity = { ...thief, certificate: () => victim.certificate() };
    expectRefused(await shake({ miner, clock }), "signatureInvalid");
  });

  it("refuses an expired certificate; the last second still holds", async () => {
    const certificate = anIdentity({ clock: createManualClock() }).certificate();
    const at = async (seconds: number) => {
      const clock = createManualClock(seconds * 1000);
      const fresh = anIdentity({ clock: createManualClock() });
      const miner: NodeIdentity = { ...fresh, certificate: () => fresh.certificate() };
      return shake({ miner, router: anIdentity({ role: "router", clock }), clock });
    };
    expect(certificate.certificate.expires).toBe(CERTIFICATE_SECONDS);
    expectRefused(await at(CERTIFICATE_SECONDS), "certificateExpired");
    expect(typeof (await at(CERTIFICATE_SECONDS - 1)).router).toBe("object");
  });

  it("refuses a peer that the registry doesn't know, on either side", async () => {
    const refuseAll: Authorise = () => Promise.resolve({ kind: "refused", detail: "not registered" });
    expectRefused(await shake({ routerAuthorises: refuseAll }), "unauthorised");
    expectRefused(await shake({ minerAuthorises: refuseAll }), "unauthorised");
    const broken: Authorise = () => Promise.reject(new Error("the chain is away"));
    expect((await shake({ routerAuthorises: broken })).miner).toContain("reason=unauthorised");
  });

  it("refuses every changed byte of every message", async () => {
    const lengths = { opener: [0, 0], acceptor: [0, 0] };
    const measure =
      (kind: "opener" | "acceptor"): Tamper =>
      (bytes, index) => {
        lengths[kind][index] = bytes.length;
        return [bytes];
      };
    await shake({ tamper: { opener: measure("opener"), acceptor: measure("acceptor") } });
    expect(lengths.opener[0]).toBeGreaterThan(180);
    const clock = createManualClock();
    const identities = { miner: anIdentity({ clock }), router: anIdentity({ role: "router", clock }) };
    for (const kind of ["opener", "acceptor"] as const) {
      for (const [message, length] of lengths[kind].entries()) {
        for (let offset = 0; offset < length; offset += 1) {
          const flip: Tamper = (bytes, index) => {
            if (index === message) bytes[offset] = (bytes[offset] ?? 0) ^ 0x01;
            return [bytes];
          };
          const outcome = await shake({ ...identities, clock, tamper: { [kind]: flip } });
          // Whoever reads the changed byte refuses; the other side is told, or never hears the word of readiness.
          const where = `${kind} message ${message} byte ${offset}`;
          expect(typeof (kind === "opener" ? outcome.router : outcome.miner), where).toBe("string");
        }
      }
    }
  });

  it("refuses a recorded handshake played again", async () => {
    const recorded: Buffer[] = [];
    const record: Tamper = (bytes) => {
      recorded.push(Buffer.from(bytes));
      return [bytes];
    };
    const clock = createManualClock();
    const identities = { miner: anIdentity({ clock }), router: anIdentity({ role: "router", clock }) };
    await shake({ ...identities, clock, tamper: { opener: record } });
    const replay: Tamper = (_bytes, index) => [recorded[index] ?? Buffer.alloc(0)];
    expect((await shake({ ...identities, clock, tamper: { opener: replay } })).router).toContain("signatureInvalid");
  });

  it("gives up on a peer that says nothing", async () => {
    const clock = createManualClock();
    const silent: Tamper = () => [];
    const outcome = shake({ clock, tamper: { opener: silent } });
    await clock.advance(LINK_LIMITS.handshakeTimeoutMs);
    expectRefused(await outcome, "handshakeTimeout");
  });

  it("refuses a message that is too long, and one out of turn", async () => {
    const long: Tamper = (bytes) => [Buffer.concat([bytes, Buffer.alloc(LINK_LIMITS.handshakeBytesMax)])];
    expectRefused(await shake({ tamper: { opener: long } }), "handshakeMalformed");
    const many: Tamper = (bytes) => [bytes, bytes, bytes, bytes];
    expectRefused(await shake({ tamper: { opener: many } }), "handshakeMalformed");
    const cut: Tamper = (bytes) => [bytes.subarray(0, 40)];
    expectRefused(await shake({ tamper: { opener: cut } }), "handshakeMalformed");
  });

  it("renews its certificate before it ends, and signs no more often than that", async () => {
    const clock = createManualClock();
    const identity = anIdentity({ clock });
    const first = identity.certificate();
    expect(identity.certificate()).toBe(first);
    await clock.advance((CERTIFICATE_SECONDS / 2 + 1) * 1000);
    const second = identity.certificate();
    expect(second.certificate.expires).toBeGreaterThan(first.certificate.expires);
    expect(identity.certificate()).toBe(second);
  });
});
