import { join } from "node:path";
import {
  type Address,
  type Bytes32,
  type Eip712Domain,
  type GrantScope,
  grantFault,
  grantRevocationSigner,
  hashGrant,
  KEPT_ASK_SECONDS,
  keptAskSigner,
  keptHash,
  ProtocolError,
  type SignedGrant,
  type SignedGrantRevocation,
  type SignedKeptAsk,
  type SignedShredRecord,
  shredFault,
} from "@cortensor/protocol";
import { type Database, open, type RootDatabase } from "lmdb";
import { GrantError } from "./grantError.js";
import { KEEPER_BYTES_MAX, OBJECT_GRANTS_MAX } from "./grantLimits.js";
import { KeptHalves } from "./keptHalves.js";

/** An object whose key's half is kept: whose it is, and by which hash the half goes. */
export type KeptObject = { readonly owner: Address; readonly keptHash: Bytes32 };

export type GrantKeeperParts = {
  readonly folder: string;
  /** Chain and contract of the grants. */
  readonly domain: Eip712Domain;
  /** Chain time. */
  readonly nowSeconds: () => number;
  /** Whether the chain says that a grant was taken back. What it throws, nothing is shown by. Absent: revocations given to the keeper alone count. */
  readonly readRevoked?: (grant: {
    readonly owner: Address;
    readonly grantHash: Bytes32;
    readonly keptHash: Bytes32;
  }) => Promise<boolean>;
  /** Whether an account is a member of the private network whose keeper this is. What it throws, nothing is shown by. Absent: the network is everybody's. */
  readonly readMember?: (account: Address) => Promise<boolean>;
};

/**
 * Keeps one half of each object's key, and shows it to whoever holds a grant and says so: signed by the owner, not run out, not revoked, of
 * that scope. Several processes may have its folder open. What it has taken is on the disk; a shredding that a crash cut off is
 * finished when it is opened again.
 */
export class GrantKeeper {
  readonly #parts: GrantKeeperParts;
  readonly #halves: KeptHalves;
  readonly #root: RootDatabase<unknown, string>;
  readonly #objects: Database<KeptObject, string>;
  /** By `cid/grant hash`. */
  readonly #grants: Database<SignedGrant, string>;
  /** By `cid/grant hash`. */
  readonly #revocations: Database<SignedGrantRevocation, string>;
  readonly #records: Database<SignedShredRecord, string>;

  private constructor(parts: GrantKeeperParts, halves: KeptHalves) {
    this.#parts = parts;
    this.#halves = halves;
    this.#root = open<unknown, string>({ path: join(parts.folder, "grants"), mapSize: KEEPER_BYTES_MAX, maxDbs: 4 });
    this.#objects = this.#root.openDB<KeptObject, string>({ name: "objects", encoding: "json" });
    this.#grants = this.#root.openDB<SignedGrant, string>({ name: "grants", encoding: "json" });
    this.#revocations = this.#root.openDB<SignedGrantRevocation, string>({ name: "revocations", encoding: "json" });
    this.#records = this.#root.openDB<SignedShredRecord, string>({ name: "records", encoding: "json" });
  }

  static async open(parts: GrantKeeperParts): Promise<GrantKeeper> {
    const keeper = new GrantKeeper(parts, await KeptHalves.open(join(parts.folder, "kept")));
    await keeper.#finishShredding();
    return keeper;
  }

  /** Takes an object's half into its keeping. Throws GRANT_OBJECT_EXISTS. */
  async keep(
    cid: string,
    { owner, kept }: { readonly owner: Address; readonly kept: Uint8Array },
  ): Promise<KeptObject> {
    const object = { owner, keptHash: keptHash(kept) };
    await this.#halves.put(kept);
    const isNew = await this.#root.transaction(() => {
      if (this.#objects.get(cid) !== undefined || this.#records.get(cid) !== undefined) return false;
      void this.#objects.put(cid, object);
      return true;
    });
    if (!isNew) {
      if (this.#objects.get(cid)?.keptHash !== object.keptHash) await this.#halves.destroy(object.keptHash);
      throw new GrantError({ code: "GRANT_OBJECT_EXISTS", cid });
    }
    await this.#root.flushed;
    return object;
  }

  objectOf(cid: string): KeptObject | undefined {
    return this.#objects.get(cid);
  }

  /** Grants that it was shown and that weren't destroyed, revoked ones too, by their hashes. */
  grantsOf(cid: string): readonly SignedGrant[] {
    return [...this.#grants.getRange(rangeOf(cid))].map(({ value }) => value);
  }

  isRevoked(cid: string, grantHash: Bytes32): boolean {
    return this.#revocations.doesExist(keyOf(cid, grantHash));
  }

  recordOf(cid: string): SignedShredRecord | undefined {
    return this.#records.get(cid);
  }

  /** Takes note of a grant: without that it opens nothing, so that whoever shreds knows of all. Throws GRANT_REFUSED, GRANT_TOO_MANY. */
  async register(signed: SignedGrant): Promise<Bytes32> {
    const { cid, grantee, scope } = signed.grant;
    const grantHash = hashGrant(signed.grant);
    this.#check(signed, { asker: grantee, scope });
    await this.#checkChain(signed, grantHash);
    const isTaken = await this.#root.transaction(() => {
      const count = this.#grants.getCount(rangeOf(cid));
      // Shredded meanwhile: nothing may come after its record.
      if (this.#objects.get(cid) === undefined) return "shredded";
      if (count >= OBJECT_GRANTS_MAX && !this.#grants.doesExist(keyOf(cid, grantHash))) return "tooMany";
      void this.#grants.put(keyOf(cid, grantHash), signed);
      return "taken";
    });
    if (isTaken === "tooMany") throw new GrantError({ code: "GRANT_TOO_MANY", cid, most: OBJECT_GRANTS_MAX });
    if (isTaken === "shredded") throw refused(cid, "shredded");
    await this.#root.flushed;
    return grantHash;
  }

  /** Takes an owner's revocation; counts from the next question on. Throws GRANT_BAD_REVOCATION. */
  async revoke(cid: string, signed: SignedGrantRevocation): Promise<void> {
    const { owner, grantHash } = signed.revocation;
    const object = this.#objects.get(cid);
    const problem =
      object === undefined
        ? "no such object is kept"
        : object.owner !== owner || signerOf(() => grantRevocationSigner(this.#parts.domain, signed)) !== owner
          ? "its owner didn't sign it"
          : this.#grants.doesExist(keyOf(cid, grantHash))
            ? undefined
            : "no such grant is known";
    if (problem !== undefined) throw new GrantError({ code: "GRANT_BAD_REVOCATION", problem });
    await this.#revocations.put(keyOf(cid, grantHash), signed);
    await this.#root.flushed;
  }

  /** The kept half, for one use of a grant by its grantee. Throws GRANT_REFUSED, GRANT_UNKNOWN_OBJECT, GRANT_KEY_LOST. */
  async show(signed: SignedGrant, { ask, signature }: SignedKeptAsk): Promise<Uint8Array> {
    const { cid } = signed.grant;
    const grantHash = hashGrant(signed.grant);
    const asker = signerOf(() => keptAskSigner(this.#parts.domain, { ask, signature }));
    const isNow = Math.abs(this.#parts.nowSeconds() - ask.at) <= KEPT_ASK_SECONDS;
    if (asker === undefined || ask.grantHash !== grantHash || !isNow) throw refused(cid, "badAsk");
    const object = this.#check(signed, { asker, scope: ask.scope });
    if (!this.#grants.doesExist(keyOf(cid, grantHash))) throw refused(cid, "unregistered");
    await this.#checkChain(signed, grantHash);
    const half = await this.#halves.read(object.keptHash);
    if (half !== undefined) return half;
    if (this.#records.doesExist(cid)) throw refused(cid, "shredded");
    throw new GrantError({ code: "GRANT_KEY_LOST", cid });
  }

  /**
   * Destroys an object's half and every grant of it, by a record that its owner signed and that names them all. The record is on the disk
   * before anything is destroyed. Throws GRANT_UNKNOWN_OBJECT, GRANT_BAD_SHRED.
   */
  async shred(signed: SignedShredRecord): Promise<void> {
    const { cid, owner } = signed.record;
    const outcome = await this.#root.transaction(() => {
      const object = this.#objects.get(cid);
      if (object === undefined) return "unknown";
      if (object.owner !== owner) return "otherOwner";
      const grants = this.grantsOf(cid).map(({ grant }) => grant);
      const fault = shredFault(this.#parts.domain, signed, { keptHash: object.keptHash, grants });
      if (fault !== undefined) return fault;
      void this.#records.put(cid, signed);
      void this.#objects.remove(cid);
      for (const grant of grants) {
        void this.#grants.remove(keyOf(cid, hashGrant(grant)));
        void this.#revocations.remove(keyOf(cid, hashGrant(grant)));
      }
      return undefined;
    });
    if (outcome === "unknown") throw new GrantError({ code: "GRANT_UNKNOWN_OBJECT", cid });
    if (outcome !== undefined) throw new GrantError({ code: "GRANT_BAD_SHRED", cid, fault: outcome });
    await this.#root.flushed;
    await this.#halves.destroy(signed.record.keptHash);
  }

  /** Whether the half of this name lies here. */
  async has(hash: Bytes32): Promise<boolean> {
    return (await this.#halves.read(hash)) !== undefined;
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #check(signed: SignedGrant, { asker, scope }: { readonly asker: Address; readonly scope: GrantScope }): KeptObject {
    const { cid } = signed.grant;
    const object = this.#objects.get(cid);
    if (object === undefined) {
      if (this.#records.doesExist(cid)) throw refused(cid, "shredded");
      throw new GrantError({ code: "GRANT_UNKNOWN_OBJECT", cid });
    }
    const fault = grantFault(signed, {
      domain: this.#parts.domain,
      cid,
      owner: object.owner,
      asker,
      scope,
      keptHash: object.keptHash,
      isRevoked: (hash) => this.isRevoked(cid, hash),
      nowSeconds: this.#parts.nowSeconds(),
    });
    if (fault !== undefined) throw refused(cid, fault);
    return object;
  }

  /** Asked each time: what was taken back on chain, or is of who isn't a member any more, opens nothing from then on. */
  async #checkChain({ grant }: SignedGrant, grantHash: Bytes32): Promise<void> {
    const { cid, owner, grantee, keptHash: kept } = grant;
    const { readRevoked, readMember } = this.#parts;
    if (readMember !== undefined && !(await readMember(grantee))) throw refused(cid, "notAMember");
    if (readRevoked !== undefined && (await readRevoked({ owner, grantHash, keptHash: kept })))
      throw refused(cid, "revoked");
  }

  /** Halves whose object was shredded: a crash came between the record and their end. */
  async #finishShredding(): Promise<void> {
    const live = new Set<string>();
    for (const { value } of this.#objects.getRange()) live.add(value.keptHash);
    const shredded = new Set<string>();
    for (const { value } of this.#records.getRange()) shredded.add(value.record.keptHash);
    for (const hash of await this.#halves.list())
      if (shredded.has(hash) && !live.has(hash)) await this.#halves.destroy(hash);
  }
}

function keyOf(cid: string, grantHash: Bytes32): string {
  return `${cid}/${grantHash}`;
}

/** A CID has no slash: nobody else's keys lie between. */
function rangeOf(cid: string): { readonly start: string; readonly end: string } {
  return { start: `${cid}/`, end: `${cid}0` };
}

function signerOf(recover: () => Address): Address | undefined {
  try {
    return recover();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function refused(cid: string, fault: Extract<GrantError["data"], { code: "GRANT_REFUSED" }>["fault"]): GrantError {
  return new GrantError({ code: "GRANT_REFUSED", cid, fault });
}
