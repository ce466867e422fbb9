import { createChainReader, type Deployment, readNode } from "@cortensor/chain";
import { type InvalidReceipt, type ReceiptDocument, registryDomain, verifyReceiptDocument } from "@cortensor/protocol";

export type ReceiptCheck =
  | { readonly kind: "valid" }
  | {
      readonly kind: "invalid";
      readonly reason:
        | InvalidReceipt
        | "signer is not registered"
        | "signer is not a router"
        | "signer belongs to another operator";
    };

/**
 * Checks a receipt without asking its router: the signer must be registered on chain as a router of the operator that the receipt
 * names, and its signature must cover the receipt. Needs an RPC URL of the chain, and nothing else.
 */
export async function verifyReceipt(
  document: ReceiptDocument,
  request: {
    readonly deployment: Deployment;
    /** RPC URLs to ask instead of the deployment's own. */
    readonly rpcUrls?: readonly string[];
  },
): Promise<ReceiptCheck> {
  const { deployment, rpcUrls = deployment.rpcUrls } = request;
  const chain = createChainReader({ profile: { ...deployment, rpcUrls } });
  const node = await readNode(chain, document.proof.signer);
  if (node === undefined) return { kind: "invalid", reason: "signer is not registered" };
  if (!node.roles.includes("router")) return { kind: "invalid", reason: "signer is not a router" };
  if (node.owner !== document.receipt.operator) {
    return { kind: "invalid", reason: "signer belongs to another operator" };
  }
  const domain = registryDomain({ chainId: deployment.chainId, registry: deployment.addresses.registry });
  return verifyReceiptDocument({ document, domain, routerSigner: node.signer });
}
