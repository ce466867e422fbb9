import {
  assessNode,
  type ChainWriter,
  createChainWriter,
  heedNode,
  type NetworkProfile,
  pingPool,
  readHead,
  registerNode,
  setNodeWeight,
  signVerification,
  stake,
  transferCor,
  transferNative,
  verifyNode,
} from "@cortensor/chain";
import { createScriptedEngine, type Engine } from "@cortensor/engine";
import type { Bytes32 } from "@cortensor/protocol";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { word } from "../../protocol/test/aDisputedResult.js";
import { addressOf, keyOf } from "./testNetwork.js";

export const HONEST = { reply: () => "one two three four" };
export const CHEATING = { reply: () => "five six seven eight" };
/** Two that do duties: one tells the truth of what it finds, one of nothing. Both judge what others dispute. */
export const [FINDER, SLANDERER] = ["finder", "slanderer"] as const;
export const JUDGES = ["one", "two", "three", "four", "five", FINDER, SLANDERER] as const;
/** Who made the results: one with the model that it names, one with another. */
export const [MAKER, CROOK] = ["maker", "crook"] as const;
export type Name = (typeof JUDGES)[number] | typeof MAKER | typeof CROOK;

export const ownerKey = (name: Name | "lane") => keyOf(`owner of ${name}`);
export const idOf = (number: number): Bytes32 => word(`task ${number}`);
export const engineOf = (name: Name): Engine => createScriptedEngine(name === SLANDERER ? CHEATING : HONEST);
export const { kernelClass } = createScriptedEngine(HONEST).describe();

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
const VERIFIED_SECONDS = 20 * 86_400;

type Network = { readonly profile: NetworkProfile; readonly treasury: ChainWriter };

/** An owner of its own, with stake, and a node that is registered. */
export async function register({ profile, treasury }: Network, name: Name | "lane"): Promise<ChainWriter> {
  const owner = createChainWriter({ profile, privateKey: ownerKey(name) });
  for (const to of [owner.account, addressOf(name)]) await transferNative(treasury, { to, wei: COR });
  await transferCor(treasury, { to: owner.account, wei: STAKE_WEI });
  await stake(owner, { wei: STAKE_WEI });
  const role = name === "lane" ? "router" : "miner";
  const details = { sealingKey: word(`sealing of ${name}`), kernelClass };
  await registerNode(owner, { signerKey: keyOf(name), roles: [role], ...(role === "miner" ? details : {}) });
  return owner;
}

/** A node that is verified, pings, has a level that validates, and a ticket that its owner's stake carries. */
export async function enrolNode(network: Network, name: Name): Promise<void> {
  const { profile, treasury } = network;
  const owner = await register(network, name);
  const { timestamp } = await readHead(treasury);
  const verification = {
    ...{ signer: addressOf(name), verifier: treasury.account, sealingKey: word(`sealing of ${name}`), kernelClass },
    ...{ challenge: word("challenge"), answer: word("answer"), nonce: 0 },
    ...{ deadline: timestamp + 600, expires: timestamp + VERIFIED_SECONDS },
  };
  const nodeSignature = signVerification(profile, { verification, key: keyOf(name) });
  const verifierSignature = signVerification(profile, { verification, key: anvilKey(0) });
  await verifyNode(treasury, { verification, nodeSignature, verifierSignature });
  await heedNode(treasury, addressOf(name));
  await pingPool(createChainWriter({ profile, privateKey: keyOf(name) }));
  await assessNode(treasury, { node: addressOf(name), level: 4 });
  await setNodeWeight(owner, { node: addressOf(name), weight: 2 });
}
