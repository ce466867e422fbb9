import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "../blockRanges.js";
import { chainCall } from "../chainError.js";
import type { ChainReader } from "../chainReader.js";
import { corAbi } from "../generated/Cor.js";
import { routerBondAbi } from "../generated/RouterBond.js";
import { sessionPaymentAbi } from "../generated/SessionPayment.js";
import { sessionsAbi } from "../generated/Sessions.js";
import { stakeVaultAbi } from "../generated/StakeVault.js";
import { homeOf } from "../homeOf.js";
import { listLanesOf } from "../listOwed.js";
import { SLOTS, slotBehind, slotOf } from "./slots.js";

/** What is an account's in a chain's last state, in wei. */
export type Holding =
  | { readonly kind: "balance"; readonly amountWei: bigint }
  | {
      readonly kind: "session";
      readonly session: number;
      readonly lanes: readonly Address[];
      readonly amountWei: bigint;
    }
  | { readonly kind: "credit"; readonly lane: Address; readonly amountWei: bigint }
  | { readonly kind: "earnings"; readonly isMatured: boolean; readonly amountWei: bigint }
  | { readonly kind: "bond"; readonly amountWei: bigint }
  | { readonly kind: "stake"; readonly operator: Address; readonly amountWei: bigint };

/** Finds what an account has, in the chain as it was derived, at the block whose state is fixed. */
export async function findHoldings(
  chain: ChainReader,
  { account, blockNumber }: { readonly account: Address; readonly blockNumber: bigint },
): Promise<readonly Holding[]> {
  const at = { chain, account, blockNumber };
  const found = await Promise.all([
    findBalance(at),
    findSessions(at),
    findCredits(at),
    findEarnings(at),
    findBond(at),
    findStakes(at),
  ]);
  return found.flat().filter(({ amountWei }) => amountWei > 0n);
}

type At = { readonly chain: ChainReader; readonly account: Address; readonly blockNumber: bigint };

async function findBalance({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const cor = { address: chain.profile.addresses.cor, abi: corAbi } as const;
  const read = chain.client.readContract({ ...cor, functionName: "balanceOf", args: [account], blockNumber });
  return [{ kind: "balance", amountWei: await chainCall("findHoldings", read) }];
}

/** Sessions whose owner it is now, whoever opened them. */
async function findSessions({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const { client, profile } = chain;
  const sessions = { address: profile.addresses.sessions, abi: sessionsAbi, blockNumber } as const;
  const payment = { address: profile.addresses.sessionPayment, abi: sessionPaymentAbi, blockNumber } as const;
  const count = await chainCall("findHoldings", client.readContract({ ...sessions, functionName: "sessionCount" }));
  const found: Holding[] = [];
  for (let session = 1; session <= count; session++) {
    const args = [session] as const;
    const owner = await chainCall("findHoldings", client.readContract({ ...sessions, functionName: "ownerOf", args }));
    if (parseAddress(owner) !== account) continue;
    const held = await chainCall("findHoldings", client.readContract({ ...payment, functionName: "accountOf", args }));
    const lanes = held.allottedWei === 0n ? [] : await readLanes(chain, session, blockNumber);
    const spentWei = lanes.reduce((sum, lane) => sum + lane.spentWei, 0n);
    const addresses = lanes.map(({ lane }) => lane);
    found.push({ kind: "session", session, lanes: addresses, amountWei: held.depositWei - spentWei });
  }
  return found;
}

async function readLanes(chain: ChainReader, session: number, blockNumber: bigint) {
  const { client, profile } = chain;
  const payment = { address: profile.addresses.sessionPayment, abi: sessionPaymentAbi, blockNumber } as const;
  const list = client.readContract({ ...payment, functionName: "lanesOf", args: [session] });
  const lanes = (await chainCall("findHoldings", list)).map(parseAddress);
  return Promise.all(
    lanes.map(async (lane) => {
      const read = client.readContract({ ...payment, functionName: "laneOf", args: [session, lane] });
      return { lane, spentWei: (await chainCall("findHoldings", read)).cumulativeWei };
    }),
  );
}

/** By the lanes that ever credited it; how much, at that block. */
async function findCredits({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi, blockNumber } as const;
  const lanes = await listLanesOf(chain, account);
  return Promise.all(
    lanes.map(async (lane): Promise<Holding> => {
      const read = chain.client.readContract({ ...payment, functionName: "creditOf", args: [lane, account] });
      const { creditedWei, withdrawnWei } = await chainCall("findHoldings", read);
      return { kind: "credit", lane, amountWei: creditedWei - withdrawnWei };
    }),
  );
}

/** In two words: what was earned in the newest windows, and before. Which of it had matured makes no difference any more. */
async function findEarnings({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const [newest, matured] = await readEarnedWords({ chain, account, blockNumber });
  return [
    { kind: "earnings", isMatured: false, amountWei: low96(newest) + low96(newest >> 96n) },
    { kind: "earnings", isMatured: true, amountWei: low96(matured) },
  ];
}

async function readEarnedWords({ chain, account, blockNumber }: At): Promise<readonly [bigint, bigint]> {
  const slot = slotOf(account, SLOTS.earnings);
  const { sessionPayment: address } = chain.profile.addresses;
  const read = async (at: Hex) =>
    BigInt((await chainCall("findHoldings", chain.client.getStorageAt({ address, slot: at, blockNumber }))) ?? 0);
  return [await read(slot), await read(slotBehind(slot, 1))];
}

async function findBond({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const bond = { address: chain.profile.addresses.routerBond, abi: routerBondAbi, blockNumber } as const;
  const read = chain.client.readContract({ ...bond, functionName: "bondOf", args: [account] });
  const { bondWei, exitingWei } = await chainCall("findHoldings", read);
  return [{ kind: "bond", amountWei: bondWei + exitingWei }];
}

/** In its own pool, and in those that it delegated to. */
async function findStakes({ chain, account, blockNumber }: At): Promise<readonly Holding[]> {
  const { client, profile } = chain;
  const vault = { address: homeOf(profile).addresses.stakeVault, abi: stakeVaultAbi } as const;
  const operators = new Set<Address>();
  for (const range of blockRanges(profile.deployBlock, blockNumber)) {
    const args = { holder: account };
    const logs = client.getContractEvents({ ...vault, eventName: "Staked", args, strict: true, ...range });
    for (const { args: said } of await chainCall("findHoldings", logs)) operators.add(parseAddress(said.operator));
  }
  return Promise.all(
    [...operators].map(async (operator): Promise<Holding> => {
      const read = client.readContract({
        ...{ ...vault, functionName: "positionOf", args: [operator, account], blockNumber },
      });
      const { stakedWei, unstakingWei } = await chainCall("findHoldings", read);
      return { kind: "stake", operator, amountWei: stakedWei + unstakingWei };
    }),
  );
}

function low96(word: bigint): bigint {
  return word & ((1n << 96n) - 1n);
}
