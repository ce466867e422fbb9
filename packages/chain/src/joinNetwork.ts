import type { Address, Hex } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient, stringToHex, zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainWriter } from "./chainWriter.js";
import type { LayerAddresses } from "./deployment.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { juriesAbi } from "./generated/Juries.js";
import { modulesAbi } from "./generated/Modules.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { LAYER_ORDER, moduleNameOf } from "./layerModules.js";
import type { NetworkAddresses } from "./profile.js";

/** One chain, and whoever deployed its contracts and owns those that have an owner. */
export type JoinParts = {
  readonly client: PublicClient;
  readonly sender: Pick<ChainWriter, "send">;
};

type Joining = JoinParts & { readonly chainId: number; readonly addresses: NetworkAddresses };
type With<Name extends keyof NetworkAddresses> = JoinParts & { readonly addresses: Pick<NetworkAddresses, Name> };

/** The calls after deployment; each looks first whether it was made. */
export async function joinNetwork(parts: Joining): Promise<void> {
  const { chainId, addresses } = parts;
  const { stakeVault, stakeView, messenger, routerBond, bondClaims, stakeSlasher } = addresses;
  await addMirror(parts, { stakeVault, messenger, chainId, stakeView });
  await joinChallenges(parts);
  await proposeSlasher(parts, { held: routerBond, first: bondClaims });
  await proposeSlasher(parts, { held: stakeVault, first: stakeSlasher });
  await nameAttestations(parts);
  await nameOpener(parts);
  await joinLevels(parts);
  await nameSlasher(parts, { chainId, slasher: stakeSlasher });
  await addModules({ ...parts, modules: addresses.modules });
}

type Mirroring = Pick<NetworkAddresses, "stakeVault" | "stakeView" | "messenger"> & {
  /** Of the view. */
  readonly chainId: number;
};

/** Tells a vault of the view that hears of it. */
export async function addMirror({ client, sender }: JoinParts, mirror: Mirroring): Promise<void> {
  const { stakeVault, stakeView, messenger, chainId } = mirror;
  const vault = { address: stakeVault, abi: stakeVaultAbi } as const;
  const mirrors = await chainCall("mirrorCount", client.readContract({ ...vault, functionName: "mirrorCount" }));
  if (mirrors !== 0n) return;
  const args = [messenger, BigInt(chainId), stakeView] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "addMirror", args });
  await sender.send({ call: "addMirror", to: stakeVault, data });
}

/** SessionPayment names SetChallenges from its birth; the other way round is told here, once. */
export async function joinChallenges({
  client,
  sender,
  addresses,
}: With<"setChallenges" | "sessionPayment" | "bondClaims">): Promise<void> {
  const { setChallenges, sessionPayment, bondClaims } = addresses;
  const challenges = { address: setChallenges, abi: setChallengesAbi } as const;
  const joined = await chainCall("payment", client.readContract({ ...challenges, functionName: "payment" }));
  if (joined !== zeroAddress) return;
  const args = [sessionPayment, bondClaims] as const;
  const data = encodeFunctionData({ abi: setChallengesAbi, functionName: "join", args });
  await sender.send({ call: "joinChallenges", to: setChallenges, data });
}

/** Of bonds, or of stake: both are asked alike. The first slasher holds at once. */
export async function proposeSlasher(
  { client, sender }: JoinParts,
  { held, first }: { readonly held: Address; readonly first: Address },
): Promise<void> {
  const read = client.readContract({ address: held, abi: stakeVaultAbi, functionName: "slasher" });
  if ((await chainCall("slasher", read)) !== zeroAddress) return;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "proposeSlasher", args: [first] });
  await sender.send({ call: "proposeSlasher", to: held, data });
}

/** Attestations name GuardSets from their birth; whose proofs freeze is told here, once. */
export async function nameAttestations({
  client,
  sender,
  addresses,
}: With<"guardSets" | "attestations">): Promise<void> {
  const { guardSets, attestations } = addresses;
  const sets = { address: guardSets, abi: guardSetsAbi } as const;
  const named = await chainCall("attestations", client.readContract({ ...sets, functionName: "attestations" }));
  if (named !== zeroAddress) return;
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "nameAttestations", args: [attestations] });
  await sender.send({ call: "nameAttestations", to: guardSets, data });
}

/** Onboarding names Sessions from its birth; whom Sessions takes openings for others from is told here, once. */
export async function nameOpener({ client, sender, addresses }: With<"sessions" | "onboarding">): Promise<void> {
  const { sessions, onboarding } = addresses;
  const opening = { address: sessions, abi: sessionsAbi } as const;
  const named = await chainCall("opener", client.readContract({ ...opening, functionName: "opener" }));
  if (named !== zeroAddress) return;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "nameOpener", args: [onboarding] });
  await sender.send({ call: "nameOpener", to: sessions, data });
}

/** NodePool and NetworkTasks name NodeLevels from their birth; which of them it hears and tells, and who freezes nodes, is told here, once. */
export async function joinLevels({
  client,
  sender,
  addresses,
}: With<"nodeLevels" | "nodePool" | "networkTasks" | "guardSets" | "juries">): Promise<void> {
  const { nodeLevels, nodePool, networkTasks, guardSets, juries } = addresses;
  const levels = { address: nodeLevels, abi: nodeLevelsAbi } as const;
  const joined = await chainCall("tasks", client.readContract({ ...levels, functionName: "tasks" }));
  if (joined !== zeroAddress) return;
  const args = [nodePool, networkTasks, guardSets, juries] as const;
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "join", args });
  await sender.send({ call: "joinLevels", to: nodeLevels, data });
}

/** The slasher of stakes names Juries from its birth; where verdicts are carried out is told here, once. */
export async function nameSlasher(
  { client, sender, addresses }: With<"juries">,
  { chainId, slasher }: { readonly chainId: number; readonly slasher: Address },
): Promise<void> {
  const judging = { address: addresses.juries, abi: juriesAbi } as const;
  const named = await chainCall("slasher", client.readContract({ ...judging, functionName: "slasher" }));
  if (named !== zeroAddress) return;
  const args = [BigInt(chainId), slasher] as const;
  const data = encodeFunctionData({ abi: juriesAbi, functionName: "nameSlasher", args });
  await sender.send({ call: "nameSlasher", to: addresses.juries, data });
}

/** Lists what stands and isn't listed yet. */
export async function addModules({
  client,
  sender,
  modules,
  addresses,
}: JoinParts & {
  readonly modules: Address;
  readonly addresses: LayerAddresses;
}): Promise<void> {
  const entries: { readonly name: Hex; readonly module: Address }[] = [];
  for (const part of LAYER_ORDER) {
    const [module, title] = [addresses[part], moduleNameOf(part)];
    if (title === undefined || module === undefined) continue;
    const name = stringToHex(title, { size: 32 });
    const read = { address: modules, abi: modulesAbi, functionName: "versions", args: [name] } as const;
    const versions = await chainCall("versions", client.readContract(read));
    if (versions === 0) entries.push({ name, module });
  }
  if (entries.length === 0) return;
  const data = encodeFunctionData({ abi: modulesAbi, functionName: "add", args: [entries] });
  await sender.send({ call: "addModules", to: modules, data });
}
