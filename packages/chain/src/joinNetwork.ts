import type { Address, Hex } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient, stringToHex, zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainWriter } from "./chainWriter.js";
import { DEPLOY_ORDER, MODULE_NAMES } from "./deploySteps.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { juriesAbi } from "./generated/Juries.js";
import { modulesAbi } from "./generated/Modules.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { routerBondAbi } from "./generated/RouterBond.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import type { NetworkAddresses } from "./profile.js";

type Joining = {
  readonly client: PublicClient;
  /** Deployed the contracts, and owns those that have an owner. */
  readonly sender: Pick<ChainWriter, "send">;
  readonly chainId: number;
  readonly addresses: NetworkAddresses;
};

/** The calls after deployment; each looks first whether it was made. */
export async function joinNetwork(parts: Joining): Promise<void> {
  await addMirror(parts);
  await joinChallenges(parts);
  await nameSlashers(parts);
  await nameAttestations(parts);
  await joinLevels(parts);
  await nameSlasher(parts);
  await addModules({ ...parts, modules: parts.addresses.modules });
}

async function addMirror({ client, sender, chainId, addresses }: Joining): Promise<void> {
  const { stakeVault, stakeView, messenger } = addresses;
  const vault = { address: stakeVault, abi: stakeVaultAbi } as const;
  const mirrors = await chainCall("mirrorCount", client.readContract({ ...vault, functionName: "mirrorCount" }));
  if (mirrors !== 0n) return;
  const args = [messenger, BigInt(chainId), stakeView] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "addMirror", args });
  await sender.send({ call: "addMirror", to: stakeVault, data });
}

/** SessionPayment names SetChallenges from its birth; the other way round is told here, once. */
async function joinChallenges({ client, sender, addresses }: Joining): Promise<void> {
  const { setChallenges, sessionPayment, bondClaims } = addresses;
  const challenges = { address: setChallenges, abi: setChallengesAbi } as const;
  const joined = await chainCall("payment", client.readContract({ ...challenges, functionName: "payment" }));
  if (joined !== zeroAddress) return;
  const args = [sessionPayment, bondClaims] as const;
  const data = encodeFunctionData({ abi: setChallengesAbi, functionName: "join", args });
  await sender.send({ call: "joinChallenges", to: setChallenges, data });
}

/** Of bonds and of stake. The first slasher holds at once. */
async function nameSlashers({ client, sender, addresses }: Joining): Promise<void> {
  const seats = [
    { held: addresses.routerBond, abi: routerBondAbi, first: addresses.bondClaims },
    { held: addresses.stakeVault, abi: stakeVaultAbi, first: addresses.stakeSlasher },
  ] as const;
  for (const { held, abi, first } of seats) {
    const read = client.readContract({ address: held, abi, functionName: "slasher" });
    if ((await chainCall("slasher", read)) !== zeroAddress) continue;
    const data = encodeFunctionData({ abi, functionName: "proposeSlasher", args: [first] });
    await sender.send({ call: "proposeSlasher", to: held, data });
  }
}

/** Attestations name GuardSets from their birth; whose proofs freeze is told here, once. */
async function nameAttestations({ client, sender, addresses }: Joining): Promise<void> {
  const { guardSets, attestations } = addresses;
  const sets = { address: guardSets, abi: guardSetsAbi } as const;
  const named = await chainCall("attestations", client.readContract({ ...sets, functionName: "attestations" }));
  if (named !== zeroAddress) return;
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "nameAttestations", args: [attestations] });
  await sender.send({ call: "nameAttestations", to: guardSets, data });
}

/** NodePool and NetworkTasks name NodeLevels from their birth; which of them it hears and tells, and who freezes nodes, is told here, once. */
async function joinLevels({ client, sender, addresses }: Joining): Promise<void> {
  const { nodeLevels, nodePool, networkTasks, guardSets, juries } = addresses;
  const levels = { address: nodeLevels, abi: nodeLevelsAbi } as const;
  const joined = await chainCall("tasks", client.readContract({ ...levels, functionName: "tasks" }));
  if (joined !== zeroAddress) return;
  const args = [nodePool, networkTasks, guardSets, juries] as const;
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "join", args });
  await sender.send({ call: "joinLevels", to: nodeLevels, data });
}

/** The slasher of stakes names Juries from its birth; where verdicts are carried out is told here, once. */
async function nameSlasher({ client, sender, chainId, addresses }: Joining): Promise<void> {
  const judging = { address: addresses.juries, abi: juriesAbi } as const;
  const named = await chainCall("slasher", client.readContract({ ...judging, functionName: "slasher" }));
  if (named !== zeroAddress) return;
  const args = [BigInt(chainId), addresses.stakeSlasher] as const;
  const data = encodeFunctionData({ abi: juriesAbi, functionName: "nameSlasher", args });
  await sender.send({ call: "nameSlasher", to: addresses.juries, data });
}

/** Lists what stands and isn't listed yet. */
export async function addModules({
  client,
  sender,
  modules,
  addresses,
}: Pick<Joining, "client" | "sender"> & {
  readonly modules: Address;
  readonly addresses: Partial<NetworkAddresses>;
}): Promise<void> {
  const entries: { readonly name: Hex; readonly module: Address }[] = [];
  for (const part of DEPLOY_ORDER) {
    const module = addresses[part];
    if (part === "modules" || module === undefined) continue;
    const name = stringToHex(MODULE_NAMES[part], { size: 32 });
    const read = { address: modules, abi: modulesAbi, functionName: "versions", args: [name] } as const;
    const versions = await chainCall("versions", client.readContract(read));
    if (versions === 0) entries.push({ name, module });
  }
  if (entries.length === 0) return;
  const data = encodeFunctionData({ abi: modulesAbi, functionName: "add", args: [entries] });
  await sender.send({ call: "addModules", to: modules, data });
}
