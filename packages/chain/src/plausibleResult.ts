/** 32 bytes, as the largest quantity takes: 64 digits. */
const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;
const BYTES = /^0x([0-9a-fA-F]{2})*$/;

type Shape = (result: unknown) => boolean;

const isQuantity: Shape = (result) => typeof result === "string" && QUANTITY.test(result);
const isBytes: Shape = (result) => typeof result === "string" && BYTES.test(result);
const isObjectOrNull: Shape = (result) => typeof result === "object" && !Array.isArray(result);

/** The form of what the methods used here give. */
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ["eth_chainId", isQuantity],
  ["eth_blockNumber", isQuantity],
  ["eth_gasPrice", isQuantity],
  ["eth_maxPriorityFeePerGas", isQuantity],
  ["eth_estimateGas", isQuantity],
  ["eth_getBalance", isQuantity],
  ["eth_getTransactionCount", isQuantity],
  ["eth_call", isBytes],
  ["eth_getCode", isBytes],
  ["eth_sendRawTransaction", isBytes],
  ["eth_getLogs", Array.isArray],
  ["eth_getBlockByNumber", isObjectOrNull],
  ["eth_getTransactionByHash", isObjectOrNull],
  ["eth_getTransactionReceipt", isObjectOrNull],
]);

/** Whether a result has the form that its method gives: an RPC that sends anything else is as good as silent. */
export function isPlausibleResult(method: string, result: unknown): boolean {
  if (result === undefined) return false;
  return SHAPES.get(method)?.(result) ?? true;
}
