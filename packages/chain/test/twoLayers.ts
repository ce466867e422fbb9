import { readFileSync } from "node:fs";
import { type Address, addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { registryAbi } from "../src/generated/Registry.js";
import { type ChainWriter, type LayerProfile, parseLayerProfile } from "../src/index.js";

const COR = 10n ** 18n;
/** Three who sign for both links before a chain has guards of its own. */
export const guardKeys = [anvilKey(1), anvilKey(2), anvilKey(3)];

/** `local` without its L3 and onboarding chain, whose links three guards sign at once. */
export function twoLayers(urls: Readonly<Record<string, string>>, epochSeconds = 30): LayerProfile {
  const local = parseLayerProfile(readFileSync(new URL("../../../networks/local.json", import.meta.url), "utf8"));
  const chains = Object.entries(local.chains)
    .filter(([chain]) => urls[chain] !== undefined)
    .map(([chain, was]) => [chain, { ...was, rpcUrls: [urls[chain]] }]);
  const firstGuards = guardKeys.map(addressOfPrivateKey);
  const [link] = local.links;
  return parseLayerProfile({
    ...JSON.parse(
      JSON.stringify({ ...local, links: [], parameters: { epochSeconds, guardStakeMinWei: COR.toString() } }),
    ),
    chains: Object.fromEntries(chains),
    layers: { l1: "l1", l2: "l2", onboarding: [] },
    links: [
      {
        ...link,
        quorum: { firstGuards, challengeSeconds: 0, windowSeconds: 86_400, capWei: (1_000n * COR).toString() },
      },
    ],
    modules: { l1: local.modules.l1, l2: local.modules.l2 },
  });
}

/** What an owner says of a node of such a network. */
export function nodeDetails(roles: number, endpoint = "") {
  return {
    ...{ roles, peerId: "peer", endpoint, metadata: "" },
    kernelClass: `0x${"c1".repeat(32)}`,
    sealingKey: `0x${"5e".repeat(32)}`,
  } as const;
}

/** Registers a node of the sender's on the L1. */
export async function registerOn(
  sender: Pick<ChainWriter, "account" | "send">,
  of: { readonly registry: Address; readonly signerKey: Hex; readonly roles: number },
): Promise<Address> {
  const { registry, signerKey, roles } = of;
  const signer = addressOfPrivateKey(signerKey);
  const details = nodeDetails(roles);
  const deadline = 10n ** 12n;
  const signature = await privateKeyToAccount(signerKey).signTypedData({
    domain: { name: "Cortensor", version: "1", chainId: 31_401, verifyingContract: registry },
    types: {
      Registration: [
        { name: "owner", type: "address" },
        { name: "signer", type: "address" },
        { name: "roles", type: "uint8" },
        { name: "sealingKey", type: "bytes32" },
        { name: "deadline", type: "uint64" },
      ],
    },
    primaryType: "Registration",
    message: { owner: sender.account, signer, roles, sealingKey: details.sealingKey, deadline },
  });
  const args = [signer, details, deadline, signature] as const;
  const data = encodeFunctionData({ abi: registryAbi, functionName: "register", args });
  await sender.send({ call: "register", to: registry, data });
  return signer;
}
