import {
  type Address,
  type Bytes32,
  bytesToHex,
  hexToBytes,
  type OpenedPlant,
  parseAddress,
} from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { dutiesAbi } from "./generated/Duties.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { sendTo } from "./sendTo.js";

const NOBODY: Address = `0x${"00".repeat(20)}`;

/** Says that somebody will plant a result (`plantCommitment`), and nothing of who or which. */
export async function commitPlant(chain: ChainWriter, commitment: Bytes32): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: dutiesAbi, functionName: "plant", args: [commitment] });
  return sendTo(chain, "duties", { call: "commitPlant", data });
}

/** Shows the writer's planted result (`encodePlantProof`), once, from the third epoch after its commitment on. */
export async function openPlant(
  chain: ChainWriter,
  { salt, proof }: { readonly salt: Bytes32; readonly proof: Uint8Array },
): Promise<ChainReceipt> {
  const args = [salt, bytesToHex(proof)] as const;
  const data = encodeFunctionData({ abi: dutiesAbi, functionName: "openPlant", args });
  return sendTo(chain, "duties", { call: "openPlant", data });
}

/** What became of a commitment. */
export async function readPlant(
  chain: ChainReader,
  commitment: Bytes32,
): Promise<{ readonly isKnown: boolean; readonly epoch: number; readonly isOpened: boolean }> {
  const duties = { address: chain.profile.addresses.duties, abi: dutiesAbi } as const;
  const read = chain.client.readContract({ ...duties, functionName: "plantOf", args: [commitment] });
  const { isKnown, epoch, isOpened } = await chainCall("readPlant", read);
  return { isKnown, epoch: Number(epoch), isOpened };
}

/** Whether a result, by its struct hash, was opened as planted by the owner of its miner. Whether it harmed nobody is for `Juries` to see. */
export async function readIsPlanted(chain: ChainReader, resultHash: Bytes32): Promise<boolean> {
  const duties = { address: chain.profile.addresses.duties, abi: dutiesAbi } as const;
  return chainCall(
    "readIsPlanted",
    chain.client.readContract({ ...duties, functionName: "isPlanted", args: [resultHash] }),
  );
}

/** Plants that were opened in a range of blocks (inclusive), in the order of the chain, whatever they show. */
export async function readOpenedPlants(
  chain: ChainReader,
  query: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly OpenedPlant[]> {
  const duties = { address: chain.profile.addresses.duties, abi: dutiesAbi, strict: true } as const;
  const plants: OpenedPlant[] = [];
  for (const piece of blockRanges(query.fromBlock, query.toBlock)) {
    const read = chain.client.getContractEvents({ ...duties, eventName: "PlantOpened", ...piece });
    for (const { args } of await chainCall("readOpenedPlants", read)) {
      const { epoch, planter, committed, salt, proof } = args;
      const times = { opened: Number(epoch), committed: Number(committed) };
      plants.push({ planter: parseAddress(planter), salt, proof: hexToBytes(proof), ...times });
    }
  }
  return plants;
}

/** Who owns an account's session; undefined where there is none. */
export async function readAccountOwner(chain: ChainReader, account: number): Promise<Address | undefined> {
  const sessions = { address: chain.profile.addresses.sessions, abi: sessionsAbi } as const;
  const read = chain.client.readContract({ ...sessions, functionName: "ownerOf", args: [account] });
  const owner = parseAddress(await chainCall("readAccountOwner", read));
  return owner === NOBODY ? undefined : owner;
}
