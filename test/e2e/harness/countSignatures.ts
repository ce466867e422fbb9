/** secp256k1 operations of one node's process since its start. */
export type SignatureCounts = { readonly signed: number; readonly verified: number };

/** Reads a node's counts from its Prometheus page. */
export async function countSignatures(metricsUrl: string): Promise<SignatureCounts> {
  const response = await fetch(metricsUrl);
  if (!response.ok) throw new Error(`${metricsUrl} answers ${response.status}`);
  const lines = (await response.text()).split("\n");
  const countOf = (operation: string): number => {
    const name = `cortensor_secp256k1_operations_total{operation="${operation}"} `;
    const line = lines.find((one) => one.startsWith(name));
    if (line === undefined) throw new Error(`${metricsUrl} has no ${name}`);
    return Number(line.slice(name.length));
  };
  return { signed: countOf("sign"), verified: countOf("verify") };
}
