import { type PaymentEvent, type PaymentLog, parseAddress, parseBytes32 } from "@cortensor/protocol";
import type { ContractEventName, GetContractEventsReturnType } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { readBlockTimes } from "./readBlockTimes.js";
import { settlementId, unpackSettlement } from "./settlement.js";

type Log = GetContractEventsReturnType<
  typeof sessionPaymentAbi,
  ContractEventName<typeof sessionPaymentAbi>,
  true
>[number];

/** Everything that SessionPayment logged of money in an inclusive block range, in the order of the chain. */
export async function* readPaymentEvents(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): AsyncGenerator<PaymentEvent> {
  const address = chain.profile.addresses.sessionPayment;
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const query = chain.client.getContractEvents({ address, abi: sessionPaymentAbi, strict: true, ...piece });
    const found = (await chainCall("readPaymentEvents", query)).flatMap((log) => {
      const money = toPaymentLog(log);
      return money === undefined ? [] : [{ money, blockNumber: log.blockNumber }];
    });
    const times = await readBlockTimes(
      chain,
      found.map(({ blockNumber }) => blockNumber),
    );
    for (const { money, blockNumber } of found) {
      yield { ...money, blockNumber, atSeconds: times.get(blockNumber) ?? 0 };
    }
  }
}

/** Undefined for what moves no money: spending keys, lowerings that wait, the EIP-712 domain. */
function toPaymentLog(log: Log): PaymentLog | undefined {
  switch (log.eventName) {
    case "Deposited": {
      const { account, amountWei, depositWei } = log.args;
      return { kind: "deposited", account, amountWei, depositWei };
    }
    case "Refunded":
      return { kind: "refunded", account: log.args.account, amountWei: log.args.amountWei };
    case "AllotmentChanged": {
      const { account, lane, allotmentWei } = log.args;
      return { kind: "allotmentChanged", account, lane: parseAddress(lane), allotmentWei };
    }
    case "CloseRequested":
      return { kind: "closeRequested", account: log.args.account, closeAt: Number(log.args.closeAt) };
    case "Closed":
      return { kind: "closed", account: log.args.account, refundWei: log.args.refundWei };
    case "Settled":
      return toSettled(log.args);
    case "CreditRaised": {
      const { lane, payee, raisedWei, creditedWei } = log.args;
      return { kind: "creditRaised", lane: parseAddress(lane), payee: parseAddress(payee), raisedWei, creditedWei };
    }
    case "CreditWithdrawn": {
      const { lane, payee, amountWei } = log.args;
      return { kind: "creditWithdrawn", lane: parseAddress(lane), payee: parseAddress(payee), amountWei };
    }
    case "EarningsWithdrawn":
      return { kind: "earningsWithdrawn", lane: parseAddress(log.args.lane), amountWei: log.args.amountWei };
    case "MaturingFrozen":
      return { kind: "maturingFrozen", lane: parseAddress(log.args.lane), frozenWei: log.args.frozenWei };
    case "SessionCredited": {
      const { account, lane, reason, epoch, amountWei, depositWei } = log.args;
      const facts = { account, lane: parseAddress(lane), reason: parseBytes32(reason), epoch: Number(epoch) };
      return { kind: "sessionCredited", ...facts, amountWei, depositWei };
    }
    default:
      return undefined;
  }
}

function toSettled(args: Extract<Log, { eventName: "Settled" }>["args"]): PaymentLog {
  const settlement = unpackSettlement(args);
  const { lane, settlementRoot, setCid, credits } = settlement;
  const { head, debitedWei, operatorWei } = args;
  return {
    kind: "settled",
    lane,
    settlementId: args.settlementId,
    contentId: settlementId(settlement),
    settlementRoot,
    setCid,
    head,
    debitedWei,
    operatorWei,
    debits: settlement.debits.map(({ debit: { account, cumulativeWei, count } }) => ({
      account,
      cumulativeWei,
      count,
    })),
    credits,
  };
}
