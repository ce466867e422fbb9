import { type Address, parseAddress } from "@cortensor/protocol";
import { getContractAddress, getCreate2Address, stringToHex } from "viem";
import type { LayerContract } from "./layerModules.js";

/** Of the few bytes by which a maker's contract comes to stand at an address that its code has no part in (OpenZeppelin's `Create3`). */
const PROXY_CODE_HASH = "0x57a34f6e879358dd76825d6700df87013ad6a3fb43c0d0c602f70a8772c153bd";

/** Where a chain's maker puts the contract of a name. */
export function madeAddress(maker: Address, name: LayerContract): Address {
  const salt = stringToHex(name, { size: 32 });
  const proxy = getCreate2Address({ from: maker, salt, bytecodeHash: PROXY_CODE_HASH });
  return parseAddress(getContractAddress({ from: proxy, nonce: 1n }));
}
