import {
  type Address,
  bytesToHex,
  combineShares,
  createSealKeyPair,
  decodeEnvelope,
  type Eip712Domain,
  hasCode,
  hashOpeningAsk,
  type OpenedSample,
  type OpeningAsk,
  openReleasedShare,
  openSample,
  type ReleasedShare,
  type SampleFault,
  type SealedSample,
  sentShareSchema,
  typedDataDigest,
  underEndpoint,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "./createIdentity.js";
import { nodeAead } from "./nodeAead.js";
import { parseJson } from "./parseJson.js";

const ASK_MS = 10_000;
const SHARE_JSON_MAX = 16_384;

export type OpenSealedParts = {
  readonly signer: NodeSigner;
  /** The Registry's, under which shares are asked for. */
  readonly registry: Eip712Domain;
  readonly nowSeconds: () => number;
  readonly readGuardEndpoints: (guards: readonly Address[]) => Promise<ReadonlyMap<Address, string>>;
  readonly log: Logger;
};

/** What became of a sample that guards were asked to open. */
export type OpenedSealed =
  /** Fewer guards than the threshold released good shares; `wrong` released others than were sealed to them. */
  | { readonly kind: "tooFew"; readonly good: number; readonly threshold: number; readonly wrong: readonly Address[] }
  /** What of it isn't what its miner signed, or its client shared out: whose fault that is nobody can tell from outside. */
  | { readonly kind: "faulty"; readonly why: SampleFault | "otherKey" | "badEnvelope" }
  | { readonly kind: "opened"; readonly sample: OpenedSample };

/** Has guards open a sealed task for this node, as a validator that the beacon drew or as who sits in a dispute, and holds what is in it against what its miner signed. */
export async function openSealed(
  sample: SealedSample,
  of: Pick<OpeningAsk, "epoch" | "dispute">,
  parts: OpenSealedParts,
  signal: AbortSignal,
): Promise<OpenedSealed> {
  const key = await combineShares(sample.shared, await askGuards(sample, of, parts, signal));
  if (key.kind === "tooFew") return key;
  if (key.kind === "otherKey") return { kind: "faulty", why: "otherKey" };
  const envelope = readEnvelope(sample.envelope);
  if (envelope === undefined) return { kind: "faulty", why: "badEnvelope" };
  const opened = openSample({ ...sample, envelope, dataKey: key.dataKey, aead: nodeAead });
  key.dataKey.fill(0);
  return opened.kind === "faulty" ? { kind: "faulty", why: opened.fault } : { kind: "opened", sample: opened };
}

/** Every guard that has a share is asked; each answers for itself. */
async function askGuards(
  { shared }: SealedSample,
  { epoch, dispute }: Pick<OpeningAsk, "epoch" | "dispute">,
  parts: OpenSealedParts,
  signal: AbortSignal,
): Promise<readonly ReleasedShare[]> {
  const { signer, registry, nowSeconds, readGuardEndpoints, log } = parts;
  const { publicKey, privateKey } = await createSealKeyPair("x25519");
  const { taskId } = shared;
  const at = Math.floor(nowSeconds());
  const ask = { taskId, validator: signer.address, epoch, dispute, at, replyKey: bytesToHex(publicKey) };
  const signature = signer.sign(typedDataDigest(registry, hashOpeningAsk(ask)));
  const body = JSON.stringify({ ask: { ask, signature }, shared });
  const endpoints = await readGuardEndpoints(shared.shares.map(({ guard }) => guard));
  const answers = await Promise.all(
    [...endpoints].map(async ([guard, endpoint]): Promise<readonly ReleasedShare[]> => {
      const url = underEndpoint(endpoint, "/v1/openings");
      const bytes = url === undefined ? undefined : await post(url, body, signal);
      const sent = bytes === undefined ? undefined : parseJson(sentShareSchema, bytes);
      if (sent === undefined || sent.guard !== guard) {
        log.debug("A guard released no share", { guard, taskId });
        return [];
      }
      const share = await openReleasedShare(sent, { ask, replyKey: privateKey, aead: nodeAead });
      return share === undefined ? [] : [{ guard, share }];
    }),
  );
  return answers.flat();
}

/** Undefined for any answer but a good one: a guard that is away, or refuses. */
async function post(url: string, body: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal: within, redirect: "error" });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.ok && bytes.length <= SHARE_JSON_MAX ? bytes : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function readEnvelope(bytes: Uint8Array) {
  try {
    return decodeEnvelope(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}
