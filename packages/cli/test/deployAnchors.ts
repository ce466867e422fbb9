import { anchorsAbi, anchorsBytecode, type ChainWriter, type NetworkProfile } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { type Abi, encodeDeployData, getContractAddress, type Hex } from "viem";
import { anchorSenderAbi, anchorSenderBytecode } from "../../chain/src/generated/AnchorSender.js";

/** Both ends of anchors on one chain, joined by its loopback messenger. */
export async function deployAnchors(
  chain: Pick<ChainWriter, "account" | "client" | "send">,
  { chainId, addresses }: Pick<NetworkProfile, "chainId" | "addresses">,
): Promise<{ readonly anchorSender: Address; readonly anchors: Address }> {
  const { attestations, messenger } = addresses;
  const nonce = await chain.client.getTransactionCount({ address: chain.account });
  const at = (later: number): Address => {
    const address = getContractAddress({ from: chain.account, nonce: BigInt(nonce + later) });
    return `0x${address.slice(2).toLowerCase()}`;
  };
  const [anchorSender, anchors] = [at(0), at(1)];
  const deploy = (abi: Abi, bytecode: Hex, args: readonly unknown[]) =>
    chain.send({ call: "deploy", data: encodeDeployData({ abi, bytecode, args }) });
  await deploy(anchorSenderAbi, anchorSenderBytecode, [attestations, messenger, BigInt(chainId), anchors]);
  await deploy(anchorsAbi, anchorsBytecode, [messenger, BigInt(chainId), anchorSender]);
  return { anchorSender, anchors };
}
