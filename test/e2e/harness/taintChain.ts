/** Every block of a chain with its transactions, and the receipt of each, as the chain's own RPC shows them to anybody. */
export async function readWholeChain(rpcUrl: string): Promise<string> {
  const head = Number(await call(rpcUrl, [{ method: "eth_blockNumber", params: [] }]).then(([number]) => number));
  const numbers = Array.from({ length: head + 1 }, (_, number) => `0x${number.toString(16)}`);
  const blocks = await call(
    rpcUrl,
    numbers.map((number) => ({ method: "eth_getBlockByNumber", params: [number, true] })),
  );
  const receipts = await call(
    rpcUrl,
    numbers.map((number) => ({ method: "eth_getBlockReceipts", params: [number] })),
  );
  return JSON.stringify([blocks, receipts]);
}

type Asked = { readonly method: string; readonly params: readonly unknown[] };

async function call(rpcUrl: string, asked: readonly Asked[]): Promise<readonly unknown[]> {
  const body = JSON.stringify(asked.map((one, id) => ({ jsonrpc: "2.0", id, ...one })));
  const answer = await fetch(rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
  const said: unknown = await answer.json();
  if (!Array.isArray(said)) throw new Error(`the chain answered ${JSON.stringify(said).slice(0, 200)}`);
  return said.map((one) => {
    if (!(one instanceof Object) || !("result" in one) || one.result === null)
      throw new Error(`the chain answered ${JSON.stringify(one)}`);
    return one.result;
  });
}
