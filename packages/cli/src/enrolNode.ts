import {
  type ChainWriter,
  createChainWriter,
  depositBond,
  type NetworkProfile,
  type NodeRole,
  readBond,
  readNode,
  readStakePosition,
  registerNode,
  stake,
} from "@cortensor/chain";
import { CliError } from "./cliError.js";
import type { OpenedKey } from "./home/keystore.js";

export type Enrolment = {
  readonly profile: NetworkProfile;
  readonly operator: OpenedKey;
  readonly signer: OpenedKey;
  readonly role: NodeRole;
  readonly endpoint?: string;
  readonly stakeWei: bigint;
  readonly bondWei: bigint;
};

/** Registers, stakes and bonds whatever is missing; what others delegate to the operator is not its own. Done again it only reads. */
export async function enrolNode(
  enrolment: Enrolment,
): Promise<{ readonly isNew: boolean; readonly chain: ChainWriter }> {
  const { profile, operator, signer, role, stakeWei, bondWei } = enrolment;
  const chain = createChainWriter({ profile, privateKey: operator.key.expose() });
  const [node, staked, bond] = await Promise.all([
    readNode(chain, signer.address),
    readStakePosition(chain, { operator: operator.address, holder: operator.address }),
    bondWei > 0n ? readBond(chain, operator.address) : undefined,
  ]);
  if (node !== undefined && (node.owner !== operator.address || node.leftAt !== 0)) {
    const problem = node.leftAt === 0 ? "is registered to another operator" : "has left the network for good";
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: signer.address,
      expected: `a key of its own: this one ${problem}`,
    });
  }
  const { endpoint } = enrolment;
  const details = { roles: [role], ...(endpoint === undefined ? {} : { endpoint }) };
  await Promise.all([
    node === undefined ? registerNode(chain, { ...details, signerKey: signer.key.expose() }) : undefined,
    staked.stakedWei < stakeWei ? stake(chain, { wei: stakeWei - staked.stakedWei }) : undefined,
    bond !== undefined && bond.bondWei < bondWei ? depositBond(chain, { wei: bondWei - bond.bondWei }) : undefined,
  ]);
  return { isNew: node === undefined, chain };
}
