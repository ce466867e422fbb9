/** Moves a local chain's time forward, as if so much had passed. */
export async function passSeconds(rpcUrl: string, seconds: number): Promise<void> {
  for (const [method, params] of [
    ["evm_increaseTime", [seconds]],
    ["evm_mine", []],
  ] as const) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const said: unknown = await answer.json();
    if (!(said instanceof Object) || "error" in said) throw new Error(`${method}: ${JSON.stringify(said)}`);
  }
}
