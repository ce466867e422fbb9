import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { PrekeyKey } from "@cortensor/chain";
import {
  type Address,
  type Assignment,
  addressOfPrivateKey,
  type Bytes32,
  bytesToHex,
  CONTEXT_TASKS_MAX,
  createSealKeyPair,
  encodeSignedPrekeyBundle,
  type Hex,
  hashAssignment,
  hashConnectionCertificate,
  hexToBytes,
  keccak256,
  type PrekeyBundle,
  prekeyBundleHash,
  prekeyDestroyedAt,
  prekeyEpochStart,
  registryDomain,
  type SealedAssignment,
  signDigest,
  signPrekeyBundle,
  typedDataDigest,
  utf8ToBytes,
} from "@cortensor/protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SdkError } from "../sdkError.js";
import { PrekeyDoor, ROUTER_KNOWN_MS } from "./prekeyDoor.js";
import type { SealingChain } from "./sealingChain.js";
import { VouchedContexts } from "./vouchedContexts.js";

const wordOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));
const MINER = addressOfPrivateKey(wordOf("miner"));
const OPERATOR = addressOfPrivateKey(wordOf("operator"));
const registry = addressOfPrivateKey(wordOf("registry"));
const chainId = 31_337;
const domain = registryDomain({ chainId, registry });
const TIMES = { startSeconds: 1_000_000, prekeySeconds: 1_000 };
const FIRST = prekeyEpochStart(TIMES, 5) + 100;
type Node = NonNullable<Awaited<ReturnType<SealingChain["readNode"]>>>;
const ROUTER: Node = { owner: OPERATOR, roles: ["router"], leftAt: 0 };

let publicKey: Uint8Array;
beforeAll(async () => {
  publicKey = (await createSealKeyPair("x25519")).publicKey;
});

/** A chain of maps, a clock, and the door in front of them. */
class World {
  nowSeconds = FIRST;
  readonly hashes = new Map<number, Bytes32>();
  readonly routers = new Map<string, Node>();
  readonly reads = { node: 0, hash: 0, times: 0, head: 0 };
  isAway = false;
  readonly parts = {
    chain: {
      ...{ chainId, registry },
      readNode: async (signer: Address) => {
        this.reads.node += 1;
        return this.routers.get(signer);
      },
      readPrekeyHash: async ({ prekeyEpoch }: PrekeyKey) => {
        this.reads.hash += 1;
        return this.hashes.get(prekeyEpoch);
      },
      readPrekeyTimes: async () => {
        this.reads.times += 1;
        if (this.isAway) throw new Error("the chain is away");
        return TIMES;
      },
      readHead: async () => {
        this.reads.head += 1;
        return { timestamp: this.nowSeconds };
      },
    },
    session: wordOf("session"),
    nowMs: () => this.nowSeconds * 1_000,
  };
  readonly door = new PrekeyDoor(this.parts);

  /** A bundle of an epoch, whose hash is on chain. */
  bundle(prekeyEpoch: number): Uint8Array {
    const term = { validFrom: prekeyEpochStart(TIMES, prekeyEpoch), validTo: prekeyDestroyedAt(TIMES, prekeyEpoch) };
    const keys = [{ suite: "x25519", publicKey }] as const;
    const bundle: PrekeyBundle = { chainId, registry, node: MINER, prekeyEpoch, ...term, keys };
    this.hashes.set(prekeyEpoch, prekeyBundleHash(bundle));
    return encodeSignedPrekeyBundle(signPrekeyBundle(bundle, wordOf("miner")));
  }

  open(assigned: SealedAssignment) {
    return this.door.open(assigned, { operator: OPERATOR, suite: "x25519" });
  }
}

/** A router's process: its registered key, and the key of this life of it. */
class RouterLife {
  readonly #key: KeyObject;
  readonly #certified: Pick<SealedAssignment["word"], "certificate" | "certifiedBy">;

  constructor(name: string, expires = FIRST + 1_000_000) {
    const made = generateKeyPairSync("ed25519");
    this.#key = made.privateKey;
    const connectionKey = bytesToHex(made.publicKey.export({ type: "spki", format: "der" }).subarray(-32));
    const certificate = { node: addressOfPrivateKey(wordOf(name)), connectionKey, expires };
    const digest = typedDataDigest(domain, hashConnectionCertificate(certificate));
    this.#certified = { certificate, certifiedBy: signDigest(digest, wordOf(name)) };
  }

  assign(bundle: Uint8Array, says?: Hex): SealedAssignment {
    const struct = {
      taskId: wordOf("task"),
      miner: MINER,
      replica: 0,
      segment: 0,
      from: 0,
      kernelClass: wordOf("class"),
    };
    const assignment: Assignment = { ...struct, epoch: 1, expires: FIRST + 30, weiPerTokenIn: 1n, weiPerTokenOut: 2n };
    const digest = typedDataDigest(domain, hashAssignment(assignment));
    const signature = says ?? bytesToHex(sign(null, hexToBytes(digest), this.#key));
    const task = {
      ...{
        account: 1,
        session: wordOf("s"),
        seq: 1,
        modelId: wordOf("m"),
        promptCommit: wordOf("p"),
        paramsHash: wordOf("q"),
      },
      ...{ maxIn: 9, maxOut: 9, feeCapWei: 9n, deadline: FIRST + 60, userNonce: wordOf("n"), redundancy: 1 },
      privacy: "sealed",
    } as const;
    const word = { ...this.#certified, signature };
    return { task, assignment, committed: 0, miner: { miner: MINER, bundles: [bundle] }, standbys: [], word };
  }
}

const faultOf = (opened: Promise<unknown>) =>
  opened.then(
    () => undefined,
    (error: unknown) => (error instanceof SdkError && "fault" in error.data ? error.data.fault : error),
  );

describe("the door before a sealed word leaves", () => {
  let world: World;
  let router: RouterLife;
  beforeEach(() => {
    world = new World();
    world.routers.set(addressOfPrivateKey(wordOf("router")), ROUTER);
    router = new RouterLife("router");
  });

  it("asks the chain once for a session's first task, and not for those behind it", async () => {
    const bundle = world.bundle(5);
    world.door.prepare();
    const context = await world.open(router.assign(bundle));
    expect(await world.open(router.assign(bundle.slice()))).toBe(context);
    expect(world.reads).toEqual({ node: 1, hash: 1, times: 1, head: 1 });
  });

  it("asks the chain once for several that ask at once, and again after a refusal", async () => {
    const bundle = world.bundle(5);
    const contexts = new VouchedContexts(world.parts);
    const ask = () => contexts.contextOf(router.assign(bundle), "x25519");
    world.isAway = true;
    await expect(Promise.all([ask(), ask()])).rejects.toThrow("away");
    world.isAway = false;
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    expect(world.reads).toMatchObject({ hash: 2, times: 2, head: 2 });
  });

  it("asks again for the prekeys of the next epoch, and refuses those of the last whose hash isn't there", async () => {
    const first = await world.open(router.assign(world.bundle(5)));
    world.nowSeconds += TIMES.prekeySeconds;
    const next = await world.open(router.assign(world.bundle(6)));
    expect(next.bundleHash).not.toBe(first.bundleHash);
    expect(world.reads).toMatchObject({ hash: 2, head: 2 });
    const unposted = world.bundle(4);
    world.hashes.delete(4);
    expect(await faultOf(world.open(router.assign(unposted)))).toBe("notOnChain");
  });

  it("seals no more to a bundle whose time is over, however well it knows it", async () => {
    const bundle = world.bundle(5);
    await world.open(router.assign(bundle));
    world.nowSeconds = prekeyDestroyedAt(TIMES, 5) - 1;
    expect(await faultOf(world.open(router.assign(bundle)))).toBeUndefined();
    expect(world.reads.head).toBe(1);
    world.nowSeconds += 1;
    expect(await faultOf(world.open(router.assign(bundle)))).toBe("expired");
    expect(world.reads.head).toBe(2);
  });

  it("sets up another context when one has had its tasks", async () => {
    const contexts = new VouchedContexts(world.parts);
    const assigned = router.assign(world.bundle(5));
    const first = await contexts.contextOf(assigned, "x25519");
    for (let task = 1; task < CONTEXT_TASKS_MAX; task += 1) {
      expect(await contexts.contextOf(assigned, "x25519")).toBe(first);
    }
    const next = await contexts.contextOf(assigned, "x25519");
    expect(next.bundleHash).toBe(first.bundleHash);
    expect(bytesToHex(next.enc)).not.toBe(bytesToHex(first.enc));
  });

  it("takes a router's new certificate, and nobody's signature in its name", async () => {
    const bundle = world.bundle(5);
    await world.open(router.assign(bundle));
    const restarted = new RouterLife("router");
    expect(await faultOf(world.open(restarted.assign(bundle)))).toBeUndefined();
    expect(world.reads.node).toBe(1);
    const forged = router.assign(bundle, restarted.assign(bundle).word.signature);
    expect(await faultOf(world.open(forged))).toBe("unsigned");
    expect(await faultOf(world.open(new RouterLife("router", FIRST).assign(bundle)))).toBe("unsigned");
    expect(await faultOf(world.open(new RouterLife("stranger").assign(bundle)))).toBe("unknownRouter");
  });

  it("asks again after a while whether a router still is one", async () => {
    const bundle = world.bundle(5);
    await world.open(router.assign(bundle));
    world.routers.set(addressOfPrivateKey(wordOf("router")), { ...ROUTER, leftAt: FIRST });
    world.nowSeconds += ROUTER_KNOWN_MS / 1_000 - 1;
    expect(await faultOf(world.open(router.assign(bundle)))).toBeUndefined();
    world.nowSeconds += 1;
    expect(await faultOf(world.open(router.assign(bundle)))).toBe("unknownRouter");
    expect(await faultOf(world.open(router.assign(bundle)))).toBe("unknownRouter");
  });

  it("gets over a chain that was away when it asked ahead", async () => {
    world.isAway = true;
    world.door.prepare();
    const assigned = router.assign(world.bundle(5));
    await expect(world.open(assigned)).rejects.toThrow("away");
    world.isAway = false;
    expect(await faultOf(world.open(assigned))).toBeUndefined();
  });
});
