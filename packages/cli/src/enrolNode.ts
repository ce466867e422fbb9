import {
  type ChainWriter,
  depositBond,
  type NodeRole,
  readBond,
  readNode,
  readStakePosition,
  registerNode,
  stake,
  updateNode,
} from "@cortensor/chain";
import { type Address, addressOfPrivateKey, type Bytes32, type Hex } from "@cortensor/protocol";
import type { Secret } from "@cortensor/runtime";
import { CliError } from "./cliError.js";

/** What is to be said of a node. What isn't named stays as it is. */
export type Registration = {
  readonly role: NodeRole;
  readonly endpoint?: string;
  readonly sealingKey?: Bytes32;
  readonly kernelClass?: Bytes32;
};

/** Stakes and bonds whatever is missing; what others delegate to the operator is not its own. Done again it only reads. */
export async function ensureStake(
  chain: ChainWriter,
  { stakeWei, bondWei = 0n }: { readonly stakeWei: bigint; readonly bondWei?: bigint },
): Promise<void> {
  const operator = chain.account;
  const [staked, bond] = await Promise.all([
    readStakePosition(chain, { operator, holder: operator }),
    bondWei > 0n ? readBond(chain, operator) : undefined,
  ]);
  await Promise.all([
    staked.stakedWei < stakeWei ? stake(chain, { wei: stakeWei - staked.stakedWei }) : undefined,
    bond !== undefined && bond.bondWei < bondWei ? depositBond(chain, { wei: bondWei - bond.bondWei }) : undefined,
  ]);
}

/** Registers a node at home, or makes true again what is registered of it. Done again it only reads. The writer is its operator. */
export async function ensureRegistered(
  chain: ChainWriter,
  { signerKey, registration }: { readonly signerKey: Secret<Hex>; readonly registration: Registration },
): Promise<"registered" | "updated" | "unchanged"> {
  const signer = addressOfPrivateKey(signerKey.expose());
  const node = await readNode(chain.home, signer);
  const { role, ...said } = registration;
  if (node === undefined) {
    await registerNode(chain, { roles: [role], ...said, signerKey: signerKey.expose() });
    return "registered";
  }
  if (node.owner !== chain.account || node.leftAt !== 0) throw foreign(signer, node.leftAt);
  const { roles, sealingKey, kernelClass, peerId, endpoint, metadata } = node;
  const known = { sealingKey, kernelClass, endpoint };
  const wanted = { ...known, ...said };
  const isSame =
    roles.includes(role) &&
    wanted.sealingKey === sealingKey &&
    wanted.kernelClass === kernelClass &&
    wanted.endpoint === endpoint;
  if (isSame) return "unchanged";
  const others = roles.filter((one) => one !== role);
  await updateNode(chain, { ...wanted, roles: [...others, role], peerId, metadata, signer });
  return "updated";
}

function foreign(signer: Address, leftAt: number): CliError {
  const problem = leftAt === 0 ? "is registered to another operator" : "has left the network for good";
  return new CliError({
    code: "CLI_BAD_ARGUMENT",
    argument: signer,
    expected: `a key of its own: this one ${problem}`,
  });
}
