import { compareBalances } from "@cortensor/books";
import {
  applyAllotment,
  approveCor,
  type ChainWriter,
  createChainWriter,
  deployNetwork,
  depositToSession,
  finaliseClose,
  type NetworkProfile,
  openSession,
  readCorBalance,
  readEarnings,
  requestClose,
  type Settlement,
  sendSettlement,
  sessionPaymentAbi,
  setAllotment,
  transferCor,
  withdrawCredit,
  withdrawMatured,
  withdrawUnallotted,
} from "@cortensor/chain";
import {
  hashDebit,
  paymentDomain,
  type SignedDebit,
  signDigest,
  typedDataDigest,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { replayChain } from "../src/audit/replayChain.js";

const COR = 10n ** 18n;
const DAY_SECONDS = 86_400;

describe("auditing a real chain's balances", () => {
  let anvil: RunningAnvil;
  let profile: NetworkProfile;
  let client: ChainWriter;
  let operator: ChainWriter;
  let other: ChainWriter;
  let miner: ChainWriter;
  let account: number;

  beforeAll(async () => {
    anvil = await startAnvil({ chainId: 31_337 });
    profile = await deployNetwork({
      name: "test",
      chainId: anvil.chainId,
      rpcUrls: [anvil.url],
      privateKey: anvilKey(0),
      epochSeconds: 30,
      save: () => undefined,
    });
    const writerOf = (index: number) => createChainWriter({ profile, privateKey: anvilKey(index) });
    [client, operator, other, miner] = [writerOf(1), writerOf(2), writerOf(3), writerOf(4)];
    await transferCor(writerOf(0), { to: client.account, wei: 1_000n * COR });
    account = (await openSession(client, { name: "test" })).account;
  });
  afterAll(() => anvil?.stop());

  /** Moves the chain's time forward and makes a block. */
  const pass = async (seconds: number): Promise<void> => {
    const ask = (method: string, params: readonly unknown[]) =>
      client.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
        method,
        params,
      });
    await ask("evm_increaseTime", [seconds]);
    await ask("evm_mine", []);
  };

  const debitOf = (lane: ChainWriter, cumulativeWei: bigint, count: number): SignedDebit => {
    const debit = { account, lane: lane.account, cumulativeWei, receiptsRoot: ZERO_BYTES32, count, epoch: 0 };
    const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
    return { debit, signature: signDigest(typedDataDigest(domain, hashDebit(debit)), anvilKey(1)) };
  };

  const settle = (lane: ChainWriter, parts: Pick<Settlement, "debits" | "credits">) =>
    sendSettlement(lane, { lane: lane.account, settlementRoot: ZERO_BYTES32, setCid: ZERO_BYTES32, ...parts });

  /** Pays a payee's credit in, as anybody may. */
  const raise = async (lane: ChainWriter, cumulativeWei: bigint): Promise<void> => {
    await approveCor(client, { wei: COR });
    const args = [lane.account, miner.account, cumulativeWei] as const;
    const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "raiseCredit", args });
    await client.send({ call: "raiseCredit", to: profile.addresses.sessionPayment, data });
  };

  const expectNothingDiffers = async (what: string) => {
    const chain = await replayChain(profile);
    const snapshot = await chain.readSnapshot(chain.state);
    expect([...chain.differences, ...compareBalances(chain.state, snapshot)], what).toEqual([]);
    return { chain, snapshot };
  };

  it("finds nothing that differs at any step of a session's whole life, with two lanes", async () => {
    const payee = miner.account;
    await depositToSession(client, { account, wei: 20n * COR });
    await setAllotment(client, { account, lane: operator.account, wei: 10n * COR });
    await setAllotment(client, { account, lane: other.account, wei: 5n * COR });
    await expectNothingDiffers("funded");

    const credits = [{ payee, cumulativeWei: 2n * COR + 1n }];
    await settle(operator, { debits: [debitOf(operator, 3n * COR + 7n, 4)], credits });
    await settle(other, { debits: [debitOf(other, COR, 1)], credits: [{ payee, cumulativeWei: COR }] });
    await raise(other, COR + 9n);
    await expectNothingDiffers("settled, maturing, and a credit paid in");

    await withdrawCredit(miner, { payee, lanes: [operator.account] });
    await pass(DAY_SECONDS);
    const later = [
      { payee, cumulativeWei: 2n * COR },
      { payee: client.account, cumulativeWei: 5n },
    ];
    await settle(operator, { debits: [debitOf(operator, 4n * COR, 6)], credits: later });
    await setAllotment(client, { account, lane: other.account, wei: 2n * COR });
    await expectNothingDiffers("settled again: one counter raised, one left where it was");

    await pass(DAY_SECONDS);
    const { maturingWei } = await readEarnings(operator, operator.account);
    expect(maturingWei).toBeGreaterThan(0n);
    await withdrawMatured(operator);
    await applyAllotment(client, { account, lane: other.account });
    await withdrawUnallotted(client, { account, wei: COR });
    await expectNothingDiffers("matured in part, and lowered");

    await requestClose(client, account);
    await pass(DAY_SECONDS);
    await finaliseClose(client, account);
    const { chain, snapshot } = await expectNothingDiffers("closed");
    expect(chain.state.accounts.get(account)?.closed).toBe(true);
    expect(chain.settlements).toHaveLength(3);
    expect(snapshot.heldWei).toBe(await readCorBalance(client, profile.addresses.sessionPayment));
  });

  it("tells a state from another by each of its balances", async () => {
    const chain = await replayChain(profile);
    const snapshot = await chain.readSnapshot(chain.state);
    const operators = new Map(
      [...snapshot.operators].map(([lane, one]) => [
        lane,
        {
          ...one,
          maturingWei: one.maturingWei + 1n,
          credits: new Map([...one.credits].map(([payee, credit]) => [payee, { ...credit, withdrawnWei: -1n }])),
        },
      ]),
    );
    const names = new Set(compareBalances(chain.state, { ...snapshot, operators }).map(({ what }) => what));
    expect(names).toEqual(new Set(["credit", "earnings"]));
  });
});
