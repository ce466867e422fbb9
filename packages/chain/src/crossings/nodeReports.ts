import { type Address, parseAddress } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient, zeroAddress } from "viem";
import { chainCall } from "../chainError.js";
import type { ChainWriter, SentCall } from "../chainWriter.js";
import { registryAbi } from "../generated/Registry.js";
import { registryMirrorAbi } from "../generated/RegistryMirror.js";
import { registryReporterAbi } from "../generated/RegistryReporter.js";
import { type NodeStanding, toStanding } from "./nodeReport.js";

/** Nodes asked about in one call. Its answer passes as a contract's code does, in 24 KiB: ten with the longest texts would fill it. */
const NODES_PER_CALL = 8;
const WORDS_PER_CALL = 256;
const ONE_CALL = { batchSize: 0, allowFailure: false, deployless: true } as const;

/** Signers of nodes by their numbers, from one on, at most so many; and the highest number. */
export async function readNodeSigners(
  client: PublicClient,
  { registry, fromId, most }: { readonly registry: Address; readonly fromId: number; readonly most: number },
): Promise<{ readonly count: number; readonly signers: readonly Address[] }> {
  const at = { address: registry, abi: registryAbi } as const;
  const count = await chainCall("readNodeSigners", client.readContract({ ...at, functionName: "nodeCount" }));
  const ids = Array.from({ length: Math.max(0, Math.min(most, count - fromId + 1)) }, (_, index) => fromId + index);
  const signers = await inCalls(ids, WORDS_PER_CALL, (some) => {
    const contracts = some.map((id) => ({ ...at, functionName: "signerAt", args: [id] }) as const);
    return chainCall("readNodeSigners", client.multicall({ ...ONE_CALL, contracts }));
  });
  // A mirror has no signer of a number that wasn't reported to it.
  const known = signers.filter((signer) => signer !== zeroAddress);
  return { count, signers: known.map((signer) => parseAddress(signer)) };
}

/** What a registry, or a mirror of one, says of nodes, in their order. */
export async function readNodeStandings(
  client: PublicClient,
  { registry, signers }: { readonly registry: Address; readonly signers: readonly Address[] },
): Promise<readonly { readonly signer: Address; readonly owner: Address; readonly standing: NodeStanding }[]> {
  const at = { address: registry, abi: registryAbi } as const;
  return inCalls(signers, NODES_PER_CALL, async (some) => {
    const ask = <Name extends "nodeOf" | "verificationOf" | "isVerified">(functionName: Name) =>
      some.map((signer) => ({ ...at, functionName, args: [signer] }) as const);
    const [nodes, verifications, verified] = await chainCall(
      "readNodeStandings",
      Promise.all([
        client.multicall({ ...ONE_CALL, contracts: ask("nodeOf") }),
        client.multicall({ ...ONE_CALL, contracts: ask("verificationOf") }),
        client.multicall({ ...ONE_CALL, contracts: ask("isVerified") }),
      ]),
    );
    const routers = some.map((signer, index) => {
      const args = [signer, nodes[index]?.owner ?? signer] as const;
      return { ...at, functionName: "wasRouterOf", args } as const;
    });
    const were = await chainCall("readNodeStandings", client.multicall({ ...ONE_CALL, contracts: routers }));
    return some.flatMap((signer, index) => {
      const [node, verification] = [nodes[index], verifications[index]];
      if (node === undefined || verification === undefined) return [];
      const standing = toStanding({
        ...{ node, verification },
        wasRouter: were[index] === true,
        isVerified: verified[index] === true,
      });
      return [{ signer, owner: parseAddress(node.owner), standing }];
    });
  });
}

/** Numbers of the last reports that a mirror has of nodes, in their order; 0 where it has none. */
export async function readHeardNodes(
  client: PublicClient,
  { mirror, signers }: { readonly mirror: Address; readonly signers: readonly Address[] },
): Promise<readonly number[]> {
  const at = { address: mirror, abi: registryMirrorAbi, functionName: "sequenceOf" } as const;
  const heard = await inCalls(signers, WORDS_PER_CALL, (some) => {
    const contracts = some.map((signer) => ({ ...at, args: [signer] }) as const);
    return chainCall("readHeardNodes", client.multicall({ ...ONE_CALL, contracts }));
  });
  return heard.map(Number);
}

/** Has nodes reported to the layer below as they stand, 32 at most. By anyone; CHAIN_REVERTED for one that was never registered. */
export function reportNodes(
  sender: Pick<ChainWriter, "send">,
  { reporter, signers }: { readonly reporter: Address; readonly signers: readonly Address[] },
): Promise<SentCall> {
  const data = encodeFunctionData({ abi: registryReporterAbi, functionName: "report", args: [signers] });
  return sender.send({ call: "reportNodes", to: reporter, data });
}

async function inCalls<Item, Answer>(
  items: readonly Item[],
  perCall: number,
  ask: (some: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < items.length; at += perCall) answers.push(...(await ask(items.slice(at, at + perCall))));
  return answers;
}
