import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChainReader, type NetworkProfile, readMemberRole } from "@cortensor/chain";
import {
  type ContentNode,
  createContentNode,
  exportCollection,
  GrantKeeper,
  makeManifest,
  parseCid,
} from "@cortensor/data";
import {
  type Address,
  addressOfPrivateKey,
  createSealKeyPair,
  type Eip712Domain,
  type Hex,
  hashGrant,
  keccak256,
  keptHash,
  objectKey,
  openGrant,
  openObject,
  portableAead,
  registryDomain,
  type SealKeyPair,
  type SignedGrant,
  sealObject,
  signGrant,
  signKeptAsk,
  utf8ToBytes,
  wrapGrant,
} from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { onTearDown } from "./testNetwork.js";

/** What only members read. */
export const MEMBERS_FACT = "Malenda of ward three takes lithium.";
const GRANT_SECONDS = 3_600;
const PLACE = { kind: "vectors", form: "ciphertext", untilSeconds: undefined } as const;
const nowSeconds = () => Math.floor(Date.now() / 1_000);
export const bytesOf = (text: string) => Uint8Array.from(Buffer.from(keccak256(utf8ToBytes(text)).slice(2), "hex"));
const SECRETS = { granted: bytesOf("granted half"), kept: bytesOf("kept half") };

export type Granted = { readonly signed: SignedGrant; readonly sealing: SealKeyPair };

/** A collection that a member made and keeps: its ciphertext in a node of content, its key's half at a keeper of the network. */
export type MemberCollection = {
  readonly cid: string;
  readonly sealed: Uint8Array;
  readonly node: ContentNode;
  /** Lets somebody read it, for an hour. */
  grant(to: Address): Promise<Granted>;
  /** Reads it as a grantee does, by the half that the network's keeper shows. Throws what that says. */
  read(granted: Granted, key: Hex): Promise<string>;
  /** Asks a keeper of another network for that half, which has a copy of all that this network's keeps. */
  askCopy(other: NetworkProfile, of: { readonly granted: Granted; readonly key: Hex }): Promise<Uint8Array>;
};

export async function makeMemberCollection(profile: NetworkProfile, ownerKey: Hex): Promise<MemberCollection> {
  const owner = addressOfPrivateKey(ownerKey);
  const domain = domainOf(profile);
  const node = await openNode();
  const entry = { file: "file-1", filename: "ward.txt", attributes: {}, text: MEMBERS_FACT };
  const entries = [{ ...entry, vector: Float32Array.of(1, 2, 3) }];
  const manifest = await makeManifest(entries, { owner, embeddingModel: "members/embed" });
  const sealed = await sealObject(objectKey(SECRETS), exportCollection({ manifest, entries }));
  const cid = (await node.put([sealed], { ...PLACE, privacy: "private", owner })).cid.toString();
  const folder = await tempFolder();
  const keeper = await openKeeper(folder, profile);
  await keeper.keep(cid, { owner, kept: SECRETS.kept });
  return {
    ...{ cid, sealed, node },
    async grant(grantee) {
      const sealing = await createSealKeyPair("x25519", bytesOf(`sealing ${grantee}`));
      const expires = nowSeconds() + GRANT_SECONDS;
      const whom = { owner, cid, grantee, suite: "x25519", scope: "read", expires } as const;
      const parts = { granted: SECRETS.granted, publicKey: sealing.publicKey, aead: portableAead };
      const grant = await wrapGrant({ ...whom, keptHash: keptHash(SECRETS.kept) }, parts);
      const signed = signGrant(domain, grant, ownerKey);
      await keeper.register(signed);
      return { signed, sealing };
    },
    async read({ signed, sealing }, key) {
      const kept = await keeper.show(signed, askOf(domain, signed, key));
      const granted = await openGrant(signed.grant, { privateKey: sealing.privateKey, aead: portableAead });
      if (granted === undefined) throw new Error("a grantee opens its grant");
      return readWith({ granted, kept }, sealed);
    },
    async askCopy(other, { granted: { signed }, key }) {
      const copy = await tempFolder();
      await cp(folder, copy, { recursive: true, filter: (source) => !source.endsWith("lock.mdb") });
      return (await openKeeper(copy, other)).show(signed, askOf(domainOf(other), signed, key));
    },
  };
}

/** What these halves open of a ciphertext, or why they don't. */
export async function readWith(
  halves: { readonly granted: Uint8Array; readonly kept: Uint8Array },
  sealed: Uint8Array,
): Promise<string> {
  const opened = await openObject(objectKey(halves), sealed);
  return opened.kind === "opened" ? Buffer.from(opened.bytes).toString("utf8") : opened.refusal;
}

/** All that a peer reads that has every block of an object and isn't of its network. */
export async function readCopiedBlocks(from: ContentNode, cid: string): Promise<Buffer> {
  const { signal } = new AbortController();
  const node = await openNode();
  const car = from.exportCar(parseCid(cid), { signal });
  const [root] = await node.importCar(car, { ...PLACE, privacy: "open", owner: "another" });
  if (root?.toString() !== cid) throw new Error("not that object");
  const parts: Uint8Array[] = [];
  for await (const part of node.get(root, { signal })) parts.push(part);
  return Buffer.concat(parts);
}

function askOf(domain: Eip712Domain, { grant }: SignedGrant, key: Hex) {
  return signKeptAsk(domain, { grantHash: hashGrant(grant), scope: "read", at: nowSeconds() }, key);
}

async function openNode(): Promise<ContentNode> {
  const parts = { folder: await tempFolder(), nowSeconds, clock: systemClock, log: silentLogger };
  const node = await createContentNode(parts);
  onTearDown(() => node.stop());
  return node;
}

async function openKeeper(folder: string, profile: NetworkProfile): Promise<GrantKeeper> {
  const chain = createChainReader({ profile });
  const readMember = async (account: Address) => (await readMemberRole(chain, account)) !== "none";
  const keeper = await GrantKeeper.open({ folder, domain: domainOf(profile), nowSeconds, readMember });
  onTearDown(() => keeper.close());
  return keeper;
}

function domainOf({ chainId, addresses }: NetworkProfile): Eip712Domain {
  return registryDomain({ chainId, registry: addresses.registry });
}

async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-members-"));
  onTearDown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
