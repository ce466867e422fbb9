import {
  type Address,
  type Bytes32,
  keccak256,
  precommitHash,
  type Seat,
  type Task,
  utf8ToBytes,
} from "@cortensor/protocol";

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

/** Where the contract of sessions stands, whose first session is the client's. */
export const SESSIONS: Address = address("sessions");
const ACCOUNT = 1;

/** A task as the client puts it into the session queue, whose id follows from it. */
export function queuedTask(redundancy: number): Task {
  const words = [BigInt(DOMAIN.chainId), BigInt(SESSIONS), BigInt(ACCOUNT)];
  const sid = words.map((value) => value.toString(16).padStart(64, "0")).join("");
  return {
    account: ACCOUNT,
    session: keccak256(Buffer.from(sid, "hex")),
    seq: 1,
    modelId: word("model"),
    promptCommit: word("prompt"),
    paramsHash: word("params"),
    maxIn: 1_000,
    maxOut: 256,
    feeCapWei: 10n ** 15n,
    deadline: START_SECONDS + 3_600,
    userNonce: word("nonce"),
    privacy: "open",
    redundancy,
  };
}

export type Work = { readonly resultHash: Bytes32; readonly salt: Bytes32; readonly hash: Bytes32 };
const made = new Map<string, Work>();

/** A miner's result and salt, and the precommit to them. */
export function workOf(miner: Address, taskId: Bytes32 = TASK_ID): Work {
  const known = made.get(`${taskId} ${miner}`);
  if (known !== undefined) return known;
  const [resultHash, salt] = [word(`result of ${miner}`), word(`salt of ${miner}`)];
  const work = { resultHash, salt, hash: precommitHash({ ...DOMAIN, taskId, miner, salt, resultHash }) };
  made.set(`${taskId} ${miner}`, work);
  return work;
}
