import { type Address, assert, type Hex } from "@cortensor/protocol";
import { encodeAbiParameters, encodeFunctionData, keccak256, type PublicClient, toHex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import type { ChainReader } from "../chainReader.js";
import type { ChainCall } from "../chainWriter.js";
import { exitVaultAbi } from "../generated/ExitVault.js";
import type { ExitPlace } from "./exitPlace.js";
import type { Holding } from "./holdings.js";
import { readSlotProof, readSlotProofs } from "./slotProofs.js";
import { SLOTS, slotBehind, slotOf, slotOfElement } from "./slots.js";

/** Who leaves, where to, and its word for that: whoever pays the gas can send it nowhere else. */
export type Leaver = { readonly account: Address; readonly to: Address; readonly signature: Hex };

/** EIP-712 `Leave(address account,address to)` for one of the two contracts that pay. */
export async function signLeave(
  signer: PrivateKeyAccount,
  {
    place,
    pays,
    account,
    to,
  }: { readonly place: ExitPlace; readonly pays: Address; readonly account: Address; readonly to: Address },
): Promise<Leaver> {
  const signature = await signer.signTypedData({
    domain: { name: "Cortensor", version: "1", chainId: place.parentChainId, verifyingContract: pays },
    types: {
      Leave: [
        { name: "account", type: "address" },
        { name: "to", type: "address" },
      ],
    },
    primaryType: "Leave",
    message: { account, to },
  });
  return { account, to, signature };
}

/** In the contract's order. */
const HOLDINGS = ["balance", "session", "credit", "earning", "matured", "bond", "stake", "lock"] as const;

/** A holding's name in the vault, under which it was paid or wasn't. */
export function claimIdOf(account: Address, holding: Holding): Hex {
  const own = toHex(BigInt(account), { size: 32 });
  switch (holding.kind) {
    case "balance":
    case "bond":
      return idOf(holding.kind, own);
    case "session":
      return idOf("session", toHex(holding.session, { size: 32 }));
    case "credit":
      return idOf("credit", hashPair(holding.lane, account));
    case "earnings":
      return idOf(holding.isMatured ? "matured" : "earning", own);
    case "stake":
      return idOf("stake", hashPair(holding.operator, account));
  }
}

/** The same of what was locked. */
export function lockClaimIdOf(id: Hex): Hex {
  return idOf("lock", id);
}

function idOf(kind: (typeof HOLDINGS)[number], which: Hex): Hex {
  const types = [{ type: "uint8" }, { type: "bytes32" }] as const;
  return keccak256(encodeAbiParameters(types, [HOLDINGS.indexOf(kind), which]));
}

function hashPair(one: Address, other: Address): Hex {
  return keccak256(encodeAbiParameters([{ type: "address" }, { type: "address" }], [one, other]));
}

type ClaimParts = {
  readonly chain: ChainReader;
  readonly place: ExitPlace;
  readonly blockNumber: bigint;
  readonly leaver: Leaver;
};

/** The vault's call that pays a holding, with its proof. */
export async function claimCall(parts: ClaimParts, holding: Holding): Promise<ChainCall> {
  const data = await claimData(parts, holding);
  return { call: `leave ${holding.kind}`, to: parts.place.vault, data };
}

async function claimData(parts: ClaimParts, holding: Holding): Promise<Hex> {
  const { chain, leaver, blockNumber } = parts;
  const { addresses } = chain.profile;
  const { stakeVault } = chain.home.profile.addresses;
  const { account } = leaver;
  const proofOf = (address: Address, slot: Hex) => readSlotProof(chain.client, { address, slot, blockNumber });
  const abi = exitVaultAbi;
  switch (holding.kind) {
    case "balance": {
      const nodes = await proofOf(addresses.cor, slotOf(account, SLOTS.balances));
      return encodeFunctionData({ abi, functionName: "claimBalance", args: [leaver, nodes] });
    }
    case "session": {
      const proof = await sessionProof(parts, holding);
      return encodeFunctionData({ abi, functionName: "claimSession", args: [leaver, holding.session, proof] });
    }
    case "credit": {
      const slot = slotOf(account, slotOf(holding.lane, SLOTS.credits));
      const nodes = await proofOf(addresses.sessionPayment, slot);
      return encodeFunctionData({ abi, functionName: "claimCredit", args: [leaver, holding.lane, nodes] });
    }
    case "earnings": {
      const slot = slotBehind(slotOf(account, SLOTS.earnings), holding.isMatured ? 1 : 0);
      const nodes = await proofOf(addresses.sessionPayment, slot);
      return encodeFunctionData({ abi, functionName: "claimEarnings", args: [leaver, holding.isMatured, nodes] });
    }
    case "bond": {
      const nodes = await proofOf(addresses.routerBond, slotOf(account, SLOTS.bonds));
      return encodeFunctionData({ abi, functionName: "claimBond", args: [leaver, nodes] });
    }
    case "stake": {
      const { operator } = holding;
      const position = await proofOf(stakeVault, slotOf(account, slotOf(operator, SLOTS.positions)));
      const pool = await proofOf(stakeVault, slotOf(operator, SLOTS.stakes));
      return encodeFunctionData({ abi, functionName: "claimStake", args: [leaver, operator, position, pool] });
    }
  }
}

async function sessionProof(
  { chain, blockNumber }: ClaimParts,
  { session, lanes }: Extract<Holding, { kind: "session" }>,
) {
  const { sessions, sessionPayment } = chain.profile.addresses;
  const list = slotOf(session, SLOTS.laneList);
  const ofSession = slotOf(session, SLOTS.lanes);
  const perLane = lanes.flatMap((lane, index) => [slotOfElement(list, index), slotOf(lane, ofSession)]);
  const owner = await readSlotProof(chain.client, {
    ...{ address: sessions, slot: slotOf(session, SLOTS.sessions), blockNumber },
  });
  const slots = [slotOf(session, SLOTS.accounts), list, ...perLane];
  const proofs = await readSlotProofs(chain.client, { address: sessionPayment, slots, blockNumber });
  const [account, count, ...rest] = proofs.slots;
  assert(account !== undefined && count !== undefined, "each slot has its proof");
  const shown = lanes.map((_lane, index) => ({ entry: rest[2 * index] ?? [], spent: rest[2 * index + 1] ?? [] }));
  return { owner, account, count: lanes.length === 0 ? [] : count, lanes: shown };
}

/** The vault's calls that take in where contracts below keep their words: of those that weren't shown yet, COR first. */
export async function showCalls(
  parts: Pick<ClaimParts, "chain" | "place" | "blockNumber"> & { readonly parent: PublicClient },
  wanted: readonly Address[],
): Promise<readonly ChainCall[]> {
  const { chain, place, blockNumber, parent } = parts;
  const { cor, sessions } = chain.profile.addresses;
  const calls: ChainCall[] = [];
  for (const address of new Set([cor, ...wanted])) {
    const vault = { address: place.vault, abi: exitVaultAbi } as const;
    const root = await parent.readContract({ ...vault, functionName: "storageRootOf", args: [address] });
    if (BigInt(root) !== 0n) continue;
    const { account } = await readSlotProofs(chain.client, { address, slots: [], blockNumber });
    const hasBalance = address !== cor && address !== sessions && address !== place.childMessenger;
    const balance = hasBalance
      ? await readSlotProof(chain.client, { address: cor, slot: slotOf(address, SLOTS.balances), blockNumber })
      : [];
    const data = encodeFunctionData({
      abi: exitVaultAbi,
      functionName: "showContract",
      args: [address, account, balance],
    });
    calls.push({ call: "showContract", to: place.vault, data });
  }
  return calls;
}

/** The contracts below whose words a holding is read from. */
export function contractsOf(chain: ChainReader, holding: Holding): readonly Address[] {
  const { cor, sessions, sessionPayment, routerBond } = chain.profile.addresses;
  switch (holding.kind) {
    case "balance":
      return [cor];
    case "session":
      return [sessions, sessionPayment];
    case "credit":
    case "earnings":
      return [sessionPayment];
    case "bond":
      return [routerBond];
    case "stake":
      return [chain.home.profile.addresses.stakeVault];
  }
}
