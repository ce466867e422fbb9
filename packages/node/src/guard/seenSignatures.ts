import {
  type Address,
  type AttestationKind,
  type Eip712Domain,
  type Equivocation,
  equivocationOf,
  type SignedAttestation,
} from "@cortensor/protocol";
import type { AttestationKey } from "./signatureBook.js";

/** Epochs whose signatures are kept: the one that is signed, and the one before. */
const EPOCHS_KEPT = 2;

/** Whose signature it is, checked. */
export type SeenSignature = SignedAttestation & { readonly guard: Address };

/**
 * Signatures of guards, this one's and others', as they were seen: of each guard one for each key, and a second one when it signed two roots. Holds
 * at most two for each guard of a set and kind, of two epochs.
 */
export class SeenSignatures {
  readonly #domain: Eip712Domain;
  readonly #seen = new Map<number, Map<string, SeenSignature[]>>();

  constructor(domain: Eip712Domain) {
    this.#domain = domain;
  }

  /** Adds a signature whose signer was checked. Gives the proof, once, when it is the second root that this guard signed. */
  add(signed: SignedAttestation, guard: Address): Equivocation | undefined {
    const { epoch, kind } = signed.attestation;
    const own = this.#ofGuard(epoch, `${kind} ${guard}`);
    const [first, second] = own;
    if (first === undefined) {
      own.push({ ...signed, guard });
      return undefined;
    }
    if (second !== undefined || first.attestation.root === signed.attestation.root) return undefined;
    own.push({ ...signed, guard });
    return equivocationOf(this.#domain, first, signed);
  }

  has(guard: Address, { attestation }: SignedAttestation): boolean {
    const own = this.#seen.get(attestation.epoch)?.get(`${attestation.kind} ${guard}`) ?? [];
    return own.length > 1 || own.some((seen) => seen.attestation.root === attestation.root);
  }

  of({ epoch, kind }: Pick<AttestationKey, "epoch" | "kind">): readonly SeenSignature[] {
    const all = [...(this.#seen.get(epoch)?.values() ?? [])].flat();
    return all.filter(({ attestation }) => attestation.kind === kind);
  }

  /** Forgets what nobody needs any more, when an epoch begins to be signed. */
  keepUpTo(epoch: number): void {
    for (const old of this.#seen.keys()) if (old <= epoch - EPOCHS_KEPT) this.#seen.delete(old);
  }

  #ofGuard(epoch: number, key: `${AttestationKind} ${Address}`): SeenSignature[] {
    const ofEpoch = this.#seen.get(epoch) ?? new Map<string, SeenSignature[]>();
    this.#seen.set(epoch, ofEpoch);
    const own = ofEpoch.get(key) ?? [];
    ofEpoch.set(key, own);
    return own;
  }
}
