import { type Address, assert, type Hex, parseAddress } from "@cortensor/protocol";
import { getContractAddress, keccak256, type PublicClient } from "viem";
import { ChainError, chainCall } from "./chainError.js";
import { POLL_MS } from "./chainReader.js";
import type { ChainWriter } from "./chainWriter.js";
import type { PartialDeployment, PendingStep } from "./deployment.js";
import { type ContractName, type DeployFacts, deployData } from "./deploySteps.js";

/** Looks at an account that still has transactions waiting: ten minutes of them. They are the last run's, and are made dearer meanwhile. */
const SETTLE_LOOKS_MAX = 6_000;

/** A step that stands: found where it was recorded, found where a killed run had sent it, or sent just now. */
export type DeployStep = {
  readonly kind: "kept" | "found" | "deployed";
  readonly name: ContractName;
  readonly address: Address;
  readonly codeHash?: Hex;
  /** From 1, of `count`. */
  readonly index: number;
  readonly count: number;
};

export type DeployParts = {
  readonly client: PublicClient;
  readonly sender: Pick<ChainWriter, "account" | "send" | "raiseWaiting">;
  readonly facts: DeployFacts;
  /** What each contract is made with: that of every network (`deployData`) unless said. */
  readonly dataOf?: typeof deployData;
  /** What to deploy, in an order in which each needs only earlier ones. */
  readonly order: readonly ContractName[];
  /** Confirmed against the chain. */
  readonly from: PartialDeployment;
  /** Called before each transaction: persist it, or a crash behind it may cost a contract that nobody uses. */
  readonly begin: (partial: PartialDeployment) => void | Promise<void>;
  /** Called after each step, before the next one: persist it. */
  readonly save: (partial: PartialDeployment) => void | Promise<void>;
  readonly onStep: (step: DeployStep) => void;
};

/**
 * Deploys what isn't there yet, each contract once. Before each transaction it says under which nonce it goes, where the contract
 * then stands, and with which code; a run after a crash looks there first. Throws CHAIN_WRONG_CODE where other code stands.
 */
export async function deployContracts(parts: DeployParts): Promise<PartialDeployment> {
  const { order, onStep, save, from } = parts;
  await settleAccount(parts);
  let partial = await adoptPending(parts);
  if (partial !== from) await save(partial);
  for (const [at, name] of order.entries()) {
    const known = partial.addresses[name];
    if (known === undefined) {
      partial = await deployOne(parts, partial, name);
      await save(partial);
    }
    const address = partial.addresses[name];
    assert(address !== undefined, "a step that was done has an address");
    const codeHash = partial.codeHashes?.[name];
    const kind = known === undefined ? "deployed" : from.addresses[name] === undefined ? "found" : "kept";
    onStep({ kind, name, address, ...(codeHash && { codeHash }), index: at + 1, count: order.length });
  }
  return partial;
}

async function deployOne(
  parts: DeployParts,
  partial: PartialDeployment,
  name: ContractName,
): Promise<PartialDeployment> {
  const { client, sender, facts, begin, dataOf = deployData } = parts;
  const data = dataOf(name, facts, (earlier) => {
    const address = partial.addresses[earlier];
    assert(address !== undefined, `${earlier} is deployed before what needs it`);
    return address;
  });
  const pending = await plan(parts, name, data);
  await begin({ ...partial, pending });
  const { contractAddress } = await sender.send({ call: `deploy ${name}`, data });
  assert(contractAddress !== undefined, "a deployment's receipt names the contract");
  const codeHash = await readCodeHash(client, contractAddress);
  // Under another nonce than planned, where the key was used elsewhere meanwhile: code that holds its own address differs then.
  if (contractAddress === pending.address) requireCode(pending, codeHash);
  return withStep(partial, { name, address: contractAddress, codeHash: codeHash ?? pending.codeHash });
}

/** The constructor is run by `eth_call` from the account as it is now, so that even code that holds its own address comes out as it will. */
async function plan({ client, sender }: DeployParts, name: ContractName, data: Hex): Promise<PendingStep> {
  const { account } = sender;
  const count = client.getTransactionCount({ address: account, blockTag: "latest" });
  const nonce = await chainCall("getTransactionCount", count);
  const { data: code } = await chainCall(`deploy ${name}`, client.call({ account, data }));
  assert(code !== undefined, "a constructor returns code");
  const address = parseAddress(getContractAddress({ from: account, nonce: BigInt(nonce) }));
  return { name, nonce, address, codeHash: keccak256(code) };
}

/** A step whose transaction was sent, but of which no run heard: it stands where it was meant to, or never will. */
async function adoptPending({ client, from }: DeployParts): Promise<PartialDeployment> {
  const { pending, ...rest } = from;
  if (pending === undefined) return from;
  const codeHash = await readCodeHash(client, pending.address);
  if (codeHash === undefined || from.addresses[pending.name] !== undefined) return rest;
  requireCode(pending, codeHash);
  return withStep(rest, pending);
}

function withStep(
  { pending: _done, ...partial }: PartialDeployment,
  { name, address, codeHash }: Omit<PendingStep, "nonce">,
): PartialDeployment {
  return {
    ...partial,
    addresses: { ...partial.addresses, [name]: address },
    codeHashes: { ...partial.codeHashes, [name]: codeHash },
  };
}

/** Waits until nothing of the account's is under way: what a killed run sent is in a block then, or gone. */
async function settleAccount({ client, sender }: DeployParts): Promise<void> {
  const { account: address } = sender;
  for (let looks = 0; looks < SETTLE_LOOKS_MAX; looks += 1) {
    const counts = ["latest", "pending"] as const;
    const reads = counts.map((blockTag) => client.getTransactionCount({ address, blockTag }));
    const [mined, all] = await chainCall("getTransactionCount", Promise.all(reads));
    if (mined === all) return;
    await sender.raiseWaiting();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new ChainError({ code: "CHAIN_ACCOUNT_BUSY", account: address }, { isRetryable: true });
}

/** keccak256 of the code at an address; undefined when there is none. */
export async function readCodeHash(client: PublicClient, address: Address): Promise<Hex | undefined> {
  const code = await chainCall("getCode", client.getCode({ address }));
  return code === undefined || code === "0x" ? undefined : keccak256(code);
}

function requireCode({ name, address, codeHash }: PendingStep, actual: Hex | undefined): void {
  if (actual === codeHash) return;
  throw new ChainError({
    code: "CHAIN_WRONG_CODE",
    contract: name,
    address,
    expected: codeHash,
    actual: actual ?? "0x",
  });
}
