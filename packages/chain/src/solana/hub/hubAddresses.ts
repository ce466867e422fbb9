import { type Bytes32, hexToBytes, utf8ToBytes } from "@cortensor/protocol";
import { type Address, getAddressEncoder, getProgramDerivedAddress } from "@solana/kit";
import { hexToSolanaKey, parseSolanaKey } from "../solanaKeys.js";

/** A network's hub for tasks: the program on a cluster, and the account that whoever made it has there. */
export type SolanaHubPlace = { readonly program: Address; readonly hub: Address };

/** A place as people write it, in base58. Throws SOLANA_BAD_ADDRESS. */
export function parseHubPlace(of: { readonly program: string; readonly hub: string }): SolanaHubPlace {
  const read = (text: string) => hexToSolanaKey(parseSolanaKey(text));
  return { program: read(of.program), hub: read(of.hub) };
}

const keyBytes = (key: Address) => getAddressEncoder().encode(key);

export async function hubAddress(program: Address, maker: Address): Promise<Address> {
  return derive(program, [utf8ToBytes("hub"), keyBytes(maker)]);
}

/** A task's account. Nobody else's task, nor another network's, can have it. */
export async function taskAddress(
  { program, hub }: SolanaHubPlace,
  of: { readonly client: Address; readonly taskId: Bytes32 },
): Promise<Address> {
  return derive(program, [utf8ToBytes("task"), keyBytes(hub), keyBytes(of.client), hexToBytes(of.taskId)]);
}

/** The token account that holds a task's money. */
export async function escrowAddress(program: Address, task: Address): Promise<Address> {
  return derive(program, [utf8ToBytes("escrow"), keyBytes(task)]);
}

async function derive(programAddress: Address, seeds: Parameters<typeof getProgramDerivedAddress>[0]["seeds"]) {
  const [address] = await getProgramDerivedAddress({ programAddress, seeds });
  return address;
}
