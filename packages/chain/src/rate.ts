import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData, hexToString, stringToHex } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ratesAbi } from "./generated/Rates.js";
import { sendTo } from "./sendTo.js";

/** What one LLM token was last said to be worth. */
export type RateRecord = {
  /** Wei of COR per LLM token. */
  readonly weiPerLlmToken: bigint;
  /** Where it was read, at most 32 bytes of text. */
  readonly source: string;
  readonly postedAt: UnixSeconds;
  /** It counts up to and including this age. */
  readonly ageMaxSeconds: number;
};

/** The last rate, whatever its age. Undefined while none was posted. */
export async function readRate(chain: ChainReader): Promise<RateRecord | undefined> {
  const rates = { address: chain.profile.addresses.rates, abi: ratesAbi } as const;
  const [[last], ageMaxSeconds] = await chainCall(
    "readRate",
    Promise.all([
      chain.client.readContract({ ...rates, functionName: "latest" }),
      chain.client.readContract({ ...rates, functionName: "AGE_MAX_SECONDS" }),
    ]),
  );
  if (last.postedAt === 0) return undefined;
  const source = hexToString(last.source, { size: 32 });
  return { weiPerLlmToken: last.weiPerToken, source, postedAt: last.postedAt, ageMaxSeconds: Number(ageMaxSeconds) };
}

/** Posts a rate. The writer must be the poster; the contract bounds each step and the time between two. */
export async function postRate(
  chain: ChainWriter,
  { weiPerLlmToken, source }: Pick<RateRecord, "weiPerLlmToken" | "source">,
): Promise<ChainReceipt> {
  const args = [weiPerLlmToken, stringToHex(source, { size: 32 })] as const;
  const data = encodeFunctionData({ abi: ratesAbi, functionName: "post", args });
  return sendTo(chain, "rates", { call: "postRate", data });
}

/** Names who may post. The writer must own the contract. */
export async function nameRatePoster(chain: ChainWriter, poster: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: ratesAbi, functionName: "namePoster", args: [poster] });
  return sendTo(chain, "rates", { call: "nameRatePoster", data });
}
