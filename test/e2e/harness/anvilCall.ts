/** One call of a local chain's own methods. Rejects with what the chain says against it. */
export async function anvilCall(rpcUrl: string, method: string, params: readonly unknown[]): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
  const said: unknown = await answer.json();
  if (!(said instanceof Object) || "error" in said) throw new Error(`${method}: ${JSON.stringify(said)}`);
}
