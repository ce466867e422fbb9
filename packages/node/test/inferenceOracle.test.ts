import {
  approveCor,
  type ChainWriter,
  createChainWriter,
  readHead,
  readInference,
  readSessionTask,
  requestInference,
  setEnqueuer,
  transferCor,
  yesNoMarketAbi,
  yesNoMarketBytecode,
} from "@cortensor/chain";
import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  type Hex,
  type Prompt,
  parseAddress,
  parseBytes32,
} from "@cortensor/protocol";
import { encodeDeployData, encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { absent, seatsOf } from "./idleSeats.js";
import { passChainSeconds, untilPhase } from "./queueClient.js";
import { type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { receiptOf, tearDown, until, untilOffered } from "./testNetwork.js";

const COR = 10n ** 18n;
const YES = 1;
const QUESTION = "Is water wet?";
/** A chain, a database and three miners, on a machine that others share. */
const START_MS = 300_000;

/** The question is answered so; a probe as everybody answers it, or the miner would never be verified. */
const sayOf = (word: string) => (prompt: Prompt) => (JSON.stringify(prompt).includes(QUESTION) ? word : "something");

/** Three miners of three owners, one of which says the contrary of what the model does. */
async function startThree(): Promise<RealNetwork & { readonly liar: Address }> {
  const script = { reply: sayOf("Yes.") };
  const network = await startRealNetwork({
    finalityBlocks: 0,
    depositWei: 100n * COR,
    pollMs: 500,
    miner: { script, seats: seatsOf("miner") },
  });
  const second = await network.join({ name: "second", account: 3, script, seats: seatsOf("second") });
  const liar = await network.join({
    ...{ name: "liar", account: 4 },
    script: { reply: sayOf("No.") },
    seats: seatsOf("liar"),
  });
  for (const { address } of [second, liar]) await untilOffered(network, address);
  return { ...network, liar: liar.address };
}

function modelIdOf({ gateway }: RealNetwork): Bytes32 {
  const [card] = gateway.models();
  if (card === undefined) throw new Error("no model is offered");
  return card.modelId;
}

/** A market on a question, and how it is used. */
async function openMarket(network: RealNetwork) {
  const { operator, profile } = network;
  const { timestamp } = await readHead(operator);
  const closesAt = timestamp + 3_600;
  const { cor, sessions, sessionPayment: payment, sessionQueue: queue, inferenceOracle: oracle } = profile.addresses;
  const question = {
    ...{ text: QUESTION, modelId: modelIdOf(network), assigner: operator.account },
    ...{ maxIn: 1_024, feeCapWei: COR, closesAt },
  };
  const spender = {
    key: addressOfPrivateKey(anvilKey(1)),
    ...{ capPerEpochWei: 10n * COR, totalCapWei: 10n * COR, expires: BigInt(timestamp + 86_400) },
  };
  const args = [{ cor, sessions, payment, queue, oracle }, question, spender] as const;
  const data = encodeDeployData({ abi: yesNoMarketAbi, bytecode: yesNoMarketBytecode, args });
  const { contractAddress } = await operator.send({ call: "deploy", data });
  if (contractAddress === undefined) throw new Error("no contract was made");
  const market = parseAddress(contractAddress);
  const send = (chain: ChainWriter, call: string, encoded: Hex) => chain.send({ call, to: market, data: encoded });
  const abi = yesNoMarketAbi;
  const calls = {
    stake: (by: ChainWriter, isYes: boolean, wei: bigint) =>
      send(by, "stake", encodeFunctionData({ abi, functionName: "stake", args: [isYes, wei] })),
    fund: (by: ChainWriter, wei: bigint) =>
      send(by, "fund", encodeFunctionData({ abi, functionName: "fund", args: [wei] })),
    ask: (by: ChainWriter) => send(by, "ask", encodeFunctionData({ abi, functionName: "ask" })),
    claim: (by: ChainWriter) => send(by, "claim", encodeFunctionData({ abi, functionName: "claim" })),
  };
  const read = <Name extends "outcome" | "taskId" | "heldWei" | "account">(functionName: Name) =>
    operator.client.readContract({ address: market, abi: yesNoMarketAbi, functionName });
  return { market, closesAt, ...calls, read };
}

describe("the oracle, by a router that follows it", { timeout: START_MS }, () => {
  let network: Awaited<ReturnType<typeof startThree>>;
  beforeAll(async () => {
    network = await startThree();
  }, START_MS);
  afterAll(tearDown);

  it("settles a yes/no market by most of three copies, of which one lies; who was right is paid", async () => {
    const { profile, treasury, operator } = network;
    const { market, closesAt, stake, fund, ask, claim, read } = await openMarket(network);
    const holders = [5, 6].map((at) => createChainWriter({ profile, privateKey: anvilKey(at) }));
    const [optimist, pessimist] = holders;
    if (optimist === undefined || pessimist === undefined) throw new Error("nobody stakes");
    for (const holder of holders) {
      await transferCor(treasury, { to: holder.account, wei: 10n * COR });
      await approveCor(holder, { spender: market, wei: 10n * COR });
    }
    await stake(optimist, true, 3n * COR);
    await stake(pessimist, false, COR);
    await approveCor(operator, { spender: market, wei: COR });
    await fund(operator, COR);
    const { timestamp } = await readHead(operator);
    await passChainSeconds(network, closesAt - timestamp);
    const account = await read("account");
    await until(async () => (await network.books.findSession(account))?.custody === "delegated");
    await ask(pessimist);

    await until(async () => (await read("outcome")) !== 0);
    expect(await read("outcome")).toBe(YES);
    await claim(optimist);
    expect(await read("heldWei")).toBe(0n);
    const taskId = parseBytes32(await read("taskId"));
    const request = await readInference(operator, taskId);
    expect({ ...request, answer: Buffer.from(request?.answer ?? []).toString() }).toMatchObject({
      ...{ state: "answered", policy: "majority", hasCallbackFailed: false, answer: "Yes." },
    });
    const task = await readSessionTask(operator, taskId);
    expect(task?.seats.every(({ hasCommitted }) => hasCommitted)).toBe(true);
    expect(task?.seats.map(({ miner }) => miner)).toContain(network.liar);
    const { receipt, payees } = await receiptOf(network, taskId);
    expect(receipt).toMatchObject({ account, custody: "delegated" });
    expect(payees.length).toBeGreaterThanOrEqual(2);
  });

  it("closes what no miner answered, at no cost to who asked", async () => {
    for (const name of ["miner", "second", "liar"]) absent.add(name);
    const { operator, profile, account } = network;
    await setEnqueuer(operator, { enqueuer: profile.addresses.inferenceOracle, isAllowed: true });
    const { timestamp } = await readHead(operator);
    const { taskId } = await requestInference(operator, {
      ...{
        account,
        asked: { kind: "text", text: "Anyone?" },
        schema: "",
        modelId: modelIdOf(network),
        assigner: operator.account,
      },
      ...{ policy: "operator", redundancy: 1, workSeconds: 60, maxIn: 1_024, maxOut: 8, feeCapWei: COR },
      deadlineSeconds: timestamp + 3_600,
    });
    await untilPhase(network, taskId, "assigned");
    await passChainSeconds(network, 70);
    await until(async () => (await readInference(operator, taskId))?.state === "closed");
    expect(await network.gateway.findReceipt(taskId)).toBeUndefined();
  });
});
