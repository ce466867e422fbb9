import { type Address, type Bytes32, keccak256, precommitHash, type Seat, utf8ToBytes } from "@cortensor/protocol";

export const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
export const address = (text: string): Address => word(text).slice(0, 42) as Address;
export const seat = (text: string): Seat => ({ node: address(text), owner: address(`owner of ${text}`) });

export const DOMAIN = { chainId: 31_337, contract: address("contract") };
export const TASK_ID = word("task");
/** When every trace begins. */
export const START_SECONDS = 1_000_000;

const seats = (role: string, count: number): readonly Seat[] =>
  Array.from({ length: count }, (_, index) => seat(`${role} ${index}`));
export const CREATORS: readonly Seat[] = seats("creator", 3);
export const PREPARERS: readonly Seat[] = seats("preparer", 2);
export const SOLVERS: readonly Seat[] = seats("solver", 3);
export const SCORERS: readonly Seat[] = seats("scorer", 2);
export const MINERS: readonly Address[] = ["miner 0", "miner 1", "miner 2"].map(address);
export const CLIENT: Address = address("client");
export const ASSIGNER: Address = address("router");
export const STRANGER: Address = address("stranger");

export type Work = { readonly resultHash: Bytes32; readonly salt: Bytes32; readonly hash: Bytes32 };
const made = new Map<Address, Work>();

/** A miner's result and salt, and the precommit to them. */
export function workOf(miner: Address): Work {
  const known = made.get(miner);
  if (known !== undefined) return known;
  const [resultHash, salt] = [word(`result of ${miner}`), word(`salt of ${miner}`)];
  const work = { resultHash, salt, hash: precommitHash({ ...DOMAIN, taskId: TASK_ID, miner, salt, resultHash }) };
  made.set(miner, work);
  return work;
}
