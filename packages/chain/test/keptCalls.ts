import type { Address } from "@cortensor/protocol";
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  BaseError,
  ContractFunctionRevertedError,
  type PublicClient,
} from "viem";

/** A contract, and what can be asked of it. */
export type Asked = { readonly client: PublicClient; readonly address: Address; readonly abi: Abi };

/** Neither deployed anything nor is it listed anywhere. */
const STRANGER = "0x00000000000000000000000000000000000057a9";
/** By which error a contract refuses a caller, and who would have been let in. */
const KEPT_FOR: Readonly<Record<string, string>> = {
  OwnableUnauthorizedAccount: "owner",
  NotPoster: "poster",
  NotAssessor: "assessor",
  NotDeployer: "deployer",
  NotChallenger: "challenger",
};
/** A neighbour's calls, what is somebody's own, and what is no matter of who calls. */
const OTHER_REFUSALS = new Set([
  ...["NotAttestations", "NotJuries", "NotMessenger", "NotSetChallenges", "NotSlasher", "NotTasks", "NotVault"],
  ...["NotAssigner", "NotClient", "NotGuard", "NotGuardNode", "NotGuardOf", "NotNodeOrOwner", "NotNodeOwner"],
  ...["NotPayee", "NotProposedOwner", "NotRouter", "NotRouterOf", "NotSeated", "NotSessionOwner", "NotSessionSpeaker"],
  ...["NotValidator", "NotVerifier", "NotYours", "SessionCreditUnauthorised", "SettlementUnauthorised"],
  ...[
    "NotSealedTo",
    "NotChildCor",
    "NotRemote",
    "NotReporter",
    "NotSender",
    "NotInOutbox",
    "NotRetryable",
    "NotAttested",
  ],
  ...["NotOpener", "NotOwner", "NotSelf", "NotSponsor"],
  ...["NotAnswerable", "NotCommitted", "NotDrawable", "NotDue", "NotEligible", "NotFrozen", "NotSlashed", "NotStored"],
]);
const OWNERSHIP = ["acceptOwnership", "renounceOwnership", "transferOwnership"];

/** Nothing, in a parameter's form. */
function nothing({ type, ...rest }: AbiParameter): unknown {
  if (type.endsWith("[]")) return [];
  const fixed = /^(.*)\[(\d+)\]$/.exec(type);
  if (fixed !== null) return Array.from({ length: Number(fixed[2]) }, () => nothing({ ...rest, type: fixed[1] ?? "" }));
  if (type === "tuple" && "components" in rest)
    return Object.fromEntries(rest.components.map((field) => [field.name, nothing(field)]));
  if (type === "address") return `0x${"00".repeat(20)}`;
  if (type === "bool") return false;
  if (type === "string") return "";
  if (type.startsWith("bytes")) return `0x${"00".repeat(Number(type.slice(5) || 0))}`;
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256);
  return bits <= 48 ? 0 : 0n;
}

/** Whom a call is kept for, as its refusal of a stranger says. */
async function keptFor({ client, address, abi }: Asked, item: AbiFunction): Promise<string | undefined> {
  try {
    const request = {
      address,
      abi,
      functionName: item.name,
      args: item.inputs.map(nothing),
      account: STRANGER,
    } as const;
    await client.simulateContract(request);
    return undefined;
  } catch (error) {
    const reverted = error instanceof BaseError && error.walk((one) => one instanceof ContractFunctionRevertedError);
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error;
    return KEPT_FOR[reverted.data?.errorName ?? ""];
  }
}

/** Each call that a contract keeps for an account, besides handing its ownership on. */
export async function keptCalls(asked: Asked): Promise<readonly string[]> {
  const calls = asked.abi
    .filter((item) => item.type === "function")
    .filter(({ stateMutability: kind }) => kind === "nonpayable" || kind === "payable");
  const kept: string[] = [];
  for (const item of calls) {
    const who = await keptFor(asked, item);
    if (who !== undefined && !OWNERSHIP.includes(item.name)) kept.push(`${item.name} by the ${who}`);
  }
  return kept.sort();
}

/** Names of the errors by which a contract refuses a caller. */
export function refusalsOf(abi: Abi): readonly string[] {
  return abi
    .filter((item) => item.type === "error" && /^Not[A-Z]|Unauthori[sz]ed|^Only[A-Z]/.test(item.name))
    .map((item) => ("name" in item ? item.name : ""));
}

/** Of refusals, those of which nobody said whether they keep a call for an account. */
export function unknownRefusals(refusals: readonly string[]): readonly string[] {
  const known = new Set([...Object.keys(KEPT_FOR), ...OTHER_REFUSALS]);
  return refusals.filter((name) => !known.has(name));
}

/** Of the refusals that keep a call for an account, those that none of these is. */
export function unheardRefusals(refusals: readonly string[]): readonly string[] {
  return Object.keys(KEPT_FOR).filter((name) => !refusals.includes(name));
}
