import type { Address } from "@cortensor/protocol";
import { z } from "zod";
import type { CallOptions, Http } from "./http.js";
import {
  ACCESS_POLL_MS,
  ACCESS_RENEWAL_SECONDS,
  ACCESS_SECONDS,
  ANSWERS_PER_DEBIT,
  FRESH_SESSION_MS,
} from "./limits.js";
import { accessGrant, type LaneStatus, laneStatus } from "./networkShapes.js";
import { SdkError } from "./sdkError.js";
import type { WalletDesk } from "./wallet.js";
import { pause } from "./watchNetwork.js";

/** What pays: an API key, or a wallet whose signature buys a bearer and signs the debits. */
export type Purse = {
  /** The bearer to send. Signs for a new one when the last is about to expire. */
  bearer(options: CallOptions): Promise<string>;
  access(options: CallOptions): Promise<{ readonly bearer: string; readonly expires: number }>;
  lane(options: CallOptions): Promise<LaneStatus>;
  /** Signs and sends the debit that the lane is owed. Returns the wei that it added; 0 when nothing is owed, or others sign. */
  payLane(options: CallOptions): Promise<bigint>;
  /** Runs a paid call. When the router wants a debit first, signs it and asks once more. */
  paying<Value>(options: CallOptions, run: () => Promise<Value>): Promise<Value>;
  /** Whether this is such a refusal, and a debit was sent. */
  canPay(error: unknown): boolean;
  /** Counts an answer, and pays the lane now and then. */
  answered(options: CallOptions): Promise<void>;
  /** The account that pays; undefined with an API key, whose account only the router knows. */
  account(): number | undefined;
  /** From now on this account pays. It was just opened: the router may need a moment to see it. */
  useAccount(account: number): void;
};

export type PurseParts = {
  readonly http: Http;
  readonly apiKey?: string | undefined;
  readonly desk?: Pick<WalletDesk, "signAccess" | "signDebit"> | undefined;
  readonly account?: number | undefined;
  readonly readLaneAddress: (options: CallOptions) => Promise<Address>;
  readonly nowMs: () => number;
};

export function createPurse(parts: PurseParts): Purse {
  const { http, apiKey, desk } = parts;
  let account = parts.account;
  let granted: { readonly bearer: string; readonly expires: number } | undefined;
  let answersSinceDebit = 0;
  let freshUntilMs = 0;

  const owner = () => {
    if (desk === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "wallet" });
    if (account === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "wallet.account" });
    return { desk, account };
  };

  const purse: Purse = {
    async bearer(options) {
      if (apiKey !== undefined) return apiKey;
      if (desk === undefined) throw new SdkError({ code: "SDK_NEEDS", what: "apiKey" });
      const soon = Math.floor(parts.nowMs() / 1_000) + ACCESS_RENEWAL_SECONDS;
      if (granted === undefined || granted.expires <= soon) granted = await purse.access(options);
      return granted.bearer;
    },
    async access(options) {
      const mine = owner();
      const lane = await parts.readLaneAddress(options);
      const expires = Math.floor(parts.nowMs() / 1_000) + ACCESS_SECONDS;
      const signature = mine.desk.signAccess({ account: mine.account, lane, expires });
      const body = { account: mine.account, expires, signature };
      for (;;) {
        try {
          return (await http.json({ path: "/api/v1/access", body, ...options }, accessGrant)).value;
        } catch (error) {
          if (!isAccessRefused(error) || parts.nowMs() >= freshUntilMs || options.signal?.aborted === true) throw error;
        }
        await pause(ACCESS_POLL_MS, options.signal);
      }
    },
    async lane(options) {
      const bearer = await purse.bearer(options);
      return (await http.json({ path: "/api/v1/lane", bearer, ...options }, laneStatus)).value;
    },
    async payLane(options) {
      const mine = owner();
      const status = await purse.lane(options);
      answersSinceDebit = 0;
      if (status.custody !== "self") return 0n;
      const wei = status.nextDebit.cumulativeWei - status.debitedWei;
      if (wei <= 0n) return 0n;
      const lane = await parts.readLaneAddress(options);
      const signature = mine.desk.signDebit(status, { account: mine.account, lane });
      await http.json(
        { path: "/api/v1/debits", body: { debit: status.nextDebit, signature }, ...options },
        z.object({}),
      );
      return wei;
    },
    async paying(options, run) {
      try {
        return await run();
      } catch (error) {
        if (!purse.canPay(error)) throw error;
        await purse.payLane(options);
        return run();
      }
    },
    canPay: (error) => desk !== undefined && isDebitRequired(error),
    async answered(options) {
      answersSinceDebit += 1;
      if (apiKey === undefined && desk !== undefined && answersSinceDebit >= ANSWERS_PER_DEBIT)
        await purse.payLane(options);
    },
    account: () => (apiKey === undefined ? account : undefined),
    useAccount(next) {
      account = next;
      granted = undefined;
      freshUntilMs = parts.nowMs() + FRESH_SESSION_MS;
    },
  };
  return purse;
}

function isDebitRequired(error: unknown): boolean {
  return isRefusal(error, "debit_required");
}

function isAccessRefused(error: unknown): boolean {
  return isRefusal(error, "access_refused");
}

function isRefusal(error: unknown, reason: string): boolean {
  return error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.reason === reason;
}
