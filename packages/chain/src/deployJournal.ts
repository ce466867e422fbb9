import { type Address, addressOfPrivateKey, type Hex, recoverSigner, signDigest } from "@cortensor/protocol";
import { keccak256, stringToHex } from "viem";
import { z } from "zod";
import { ChainError } from "./chainError.js";
import type { PartialDeployment } from "./deployment.js";
import { DEPLOY_ORDER } from "./deploySteps.js";
import { LINK_CONTRACTS } from "./layerModules.js";
import { formatLayerProfile, type LayerProfile } from "./layerProfile.js";

/** What a deployment of a profile did and was about to do, by chain. */
export type DeployJournal = {
  /** Of the profile without what stands: another one goes on with nothing of this. */
  readonly planHash: Hex;
  readonly chains: Readonly<Record<string, PartialDeployment>>;
};

const contractName = z.enum([...DEPLOY_ORDER, ...LINK_CONTRACTS]);
const hexOf = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`))
    .transform((text): Hex => `0x${text.slice(2)}`);
const pending = z.strictObject({
  name: contractName,
  nonce: z.int().nonnegative(),
  address: hexOf(20),
  codeHash: hexOf(32),
});
const partial = z.strictObject({
  chainId: z.int().positive(),
  epochSeconds: z.int().positive(),
  t0: z.int().nonnegative(),
  deployBlock: z.string().regex(/^\d{1,20}$/),
  addresses: z.partialRecord(contractName, hexOf(20)),
  codeHashes: z.partialRecord(contractName, hexOf(32)).optional(),
  pending: pending.optional(),
});
const body = z.strictObject({ planHash: hexOf(32), chains: z.record(z.string(), partial) });
const file = z.strictObject({ body: z.string(), signature: hexOf(65) });

/** keccak256 of what a profile asks for, whatever of it stands. */
export function planHashOf({ deployed: _stands, ...plan }: LayerProfile): Hex {
  return keccak256(stringToHex(formatLayerProfile(plan)));
}

/** A journal as text, signed by the deployer: nobody else can write one that it goes on with. */
export function formatJournal(journal: DeployJournal, privateKey: Hex): string {
  const text = JSON.stringify(journal);
  return `${JSON.stringify({ body: text, signature: signDigest(digestOf(text), privateKey) })}\n`;
}

/** Throws CHAIN_BAD_JOURNAL for one that `privateKey` didn't sign as it is, or of another profile. */
export function parseJournal(
  text: string,
  expected: { readonly planHash: Hex; readonly privateKey: Hex },
): DeployJournal {
  const signed = file.safeParse(readJson(text));
  if (!signed.success) throw badJournal("it is no journal");
  const deployer = addressOfPrivateKey(expected.privateKey);
  if (signerOf(signed.data) !== deployer) throw badJournal(`${deployer} didn't write it as it is now`);
  const parsed = body.safeParse(readJson(signed.data.body));
  if (!parsed.success) throw badJournal("it is no journal");
  const { planHash, chains } = parsed.data;
  if (planHash !== expected.planHash)
    throw badJournal("it is of another profile, or of this one before it was changed");
  return {
    planHash,
    chains: Object.fromEntries(Object.entries(chains).map(([chain, saved]) => [chain, withoutAbsent(saved)])),
  };
}

function withoutAbsent({ codeHashes, pending: step, ...saved }: z.output<typeof partial>): PartialDeployment {
  return { ...saved, ...(codeHashes && { codeHashes }), ...(step && { pending: step }) };
}

function signerOf(signed: { readonly body: string; readonly signature: Hex }): Address | undefined {
  try {
    return recoverSigner(digestOf(signed.body), signed.signature);
  } catch {
    return undefined;
  }
}

function digestOf(text: string): Hex {
  return keccak256(stringToHex(`Cortensor deployment journal\n${text}`));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badJournal(reason: string): ChainError {
  return new ChainError({ code: "CHAIN_BAD_JOURNAL", reason });
}
