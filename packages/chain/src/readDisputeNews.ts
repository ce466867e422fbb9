import {
  DISPUTE_ENDINGS,
  type DisputeNews,
  parseAddress,
  VERDICT_OUTCOMES,
  type VerdictOutcome,
} from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { juriesAbi } from "./generated/Juries.js";

/** What a validator of the second tier says of a result; one that can't decide says nothing. */
const IS_WRONG: Readonly<Partial<Record<VerdictOutcome, boolean>>> = { passed: false, failed: true, withheld: true };

/** What was heard of disputes in an inclusive block range, as far as pay follows from it, in the order of the chain. */
export async function readDisputeNews(
  chain: ChainReader,
  query: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly DisputeNews[]> {
  const juries = { address: chain.profile.addresses.juries, abi: juriesAbi, strict: true } as const;
  const all: DisputeNews[] = [];
  for (const piece of blockRanges(query.fromBlock, query.toBlock)) {
    const logs = await chainCall("readDisputeNews", chain.client.getContractEvents({ ...juries, ...piece }));
    for (const log of logs) {
      switch (log.eventName) {
        case "DisputeOpened":
        case "FeeAmended":
          all.push({ kind: "priced", number: Number(log.args.number), feeWei: log.args.feeWei });
          break;
        case "VerdictRevealed": {
          const { number, validator, outcome } = log.args;
          const isWrong = IS_WRONG[VERDICT_OUTCOMES[outcome] ?? "undecided"];
          if (isWrong !== undefined)
            all.push({ kind: "said", number: Number(number), judge: parseAddress(validator), isWrong });
          break;
        }
        case "JurorVoted": {
          const { number, juror, isWrong } = log.args;
          all.push({ kind: "said", number: Number(number), judge: parseAddress(juror), isWrong });
          break;
        }
        case "DisputeEnded": {
          const { number, taskId, ending } = log.args;
          const name = DISPUTE_ENDINGS[ending - 1];
          if (name !== undefined) all.push({ kind: "ended", number: Number(number), taskId, ending: name });
          break;
        }
        default:
      }
    }
  }
  return all;
}
