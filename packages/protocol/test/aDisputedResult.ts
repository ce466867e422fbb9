import {
  type Address,
  addressOfPrivateKey,
  type BatchProof,
  type Bytes32,
  type Custody,
  type DisputedResult,
  type Eip712Domain,
  type Hex,
  hashBatch,
  hashReceipt,
  hashResult,
  hashTask,
  keccak256,
  leafHash,
  merkleTree,
  payeesHash,
  resultsHash,
  signDigest,
  type Task,
  typedDataDigest,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";

export const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));

/** Whose keys sign a disputed result and its receipt, and under which domain. */
export type DisputeParties = {
  readonly minerKey: Hex;
  readonly routerKey: Hex;
  readonly operator: Address;
  readonly domain: Eip712Domain;
  /** As the receipt has it. Default: `delegated`. */
  readonly custody?: Custody;
};

export const DISPUTED_FEE_WEI = 2n * 10n ** 18n;

/** A struct's place in a batch that a key signed. */
export function provenBy(key: Hex, structHash: Bytes32, domain: Eip712Domain): BatchProof {
  const tree = merkleTree([word("other"), leafHash(structHash)]);
  const batch = { root: tree.root, count: 2, sequence: 1 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), key);
  return { batch, signer: addressOfPrivateKey(key), signature, path: tree.pathOf(1) };
}

/** A result of a miner's, promised 2 COR by a router. */
export function aDisputedResult(parties: DisputeParties, over: Partial<Task> = {}): DisputedResult {
  const { minerKey, routerKey, operator, domain, custody = "delegated" } = parties;
  const hashes = { modelId: word("model"), promptCommit: word("prompt"), paramsHash: word("params") };
  const terms = { maxIn: 100, maxOut: 100, feeCapWei: DISPUTED_FEE_WEI, deadline: 1_700_000_000 };
  const how = { userNonce: word("nonce"), privacy: "sealed", redundancy: 1 } as const;
  const task: Task = { account: 1, session: word("session"), seq: 1, ...hashes, ...terms, ...how, ...over };
  const taskId = hashTask(task);
  const made = { nIn: 10, nOut: 20, finish: "length" } as const;
  const segment = { miner: addressOfPrivateKey(minerKey), replica: 0, segment: 0, from: 0, to: 20 };
  const roots = {
    tokenRoot: word("tokens"),
    fpRoot: word("print"),
    recipeHash: word("recipe"),
    outCommit: word("out"),
  };
  const times = { kernelClass: word("class"), tFirstMs: 5, tTotalMs: 50 };
  const result = { taskId, ...segment, ...roots, ...made, ...times };
  const payees = [{ ...segment, wei: DISPUTED_FEE_WEI }];
  const results = [hashResult(result)];
  const receipt = {
    taskId,
    account: task.account,
    operator,
    resultsHash: resultsHash(results),
    payeesHash: payeesHash(payees),
    feeWei: DISPUTED_FEE_WEI,
    ...made,
    custody,
    epoch: 1,
    splitsHash: ZERO_BYTES32,
  } as const;
  const proof = provenBy(routerKey, hashReceipt(receipt), domain);
  const resultProof = provenBy(minerKey, hashResult(result), domain);
  return { task, receipt, results, proof, result, resultProof };
}
