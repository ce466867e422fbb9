import {
  type ChainWriter,
  createChainWriter,
  type Deployment,
  deployNetwork,
  readLane,
  registerNode,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  type Hex,
  hashBatch,
  hashReceipt,
  keccak256,
  leafHash,
  merkleTree,
  payeesHash,
  type ReceiptDocument,
  registryDomain,
  resultsHash,
  signDigest,
  splitsHash,
  splitsOf,
  typedDataDigest,
  utf8ToBytes,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { openTestServer, type TestServer } from "../../api/test/openTestServer.js";
import { createCortensor, verifyReceipt } from "../src/index.js";

const COR = 10n ** 18n;
const OPERATOR_KEY = `0x${"a1".repeat(32)}` as const;
const ROUTER_KEY = `0x${"a2".repeat(32)}` as const;
const MINER_KEY = `0x${"a3".repeat(32)}` as const;
const STRANGER_KEY = `0x${"a4".repeat(32)}` as const;
const CLIENT_KEY = `0x${"a5".repeat(32)}` as const;

let anvil: RunningAnvil;
let deployment: Deployment;
let open: TestServer & { url: string };

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  deployment = await deployNetwork({
    name: "test",
    chainId: 31_337,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds: 30,
    save: () => undefined,
  });
  const operator = await fund(OPERATOR_KEY);
  await registerNode(operator, { signerKey: ROUTER_KEY, roles: ["router"] });
  await registerNode(operator, { signerKey: MINER_KEY, roles: ["miner"] });
  open = await openTestServer();
});
afterAll(async () => {
  await open.server.close();
  await anvil.stop();
});

async function fund(privateKey: Hex): Promise<ChainWriter> {
  const faucet = createChainWriter({ profile: deployment, privateKey: anvilKey(0) });
  const to = addressOfPrivateKey(privateKey);
  await transferNative(faucet, { to, wei: COR });
  await transferCor(faucet, { to, wei: 1_000n * COR });
  return createChainWriter({ profile: deployment, privateKey });
}

function signed(by: Hex, operator = addressOfPrivateKey(OPERATOR_KEY)): ReceiptDocument {
  const taskId = keccak256(utf8ToBytes("task"));
  const payees = [{ miner: addressOfPrivateKey(MINER_KEY), replica: 0, segment: 0, from: 0, to: 3, wei: 30n }];
  const results = [keccak256(utf8ToBytes("result"))];
  const receipt = {
    taskId,
    account: 1,
    operator,
    resultsHash: resultsHash(results),
    payeesHash: payeesHash(payees),
    feeWei: 30n,
    nIn: 2,
    nOut: 3,
    custody: "self" as const,
    finish: "stop" as const,
    epoch: 0,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  };
  const tree = merkleTree([leafHash(hashReceipt(receipt)), leafHash(taskId)]);
  const batch = { root: tree.root, count: 2, sequence: 1 };
  const domain = registryDomain({ chainId: deployment.chainId, registry: deployment.addresses.registry });
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), by);
  const proof = { batch, signer: addressOfPrivateKey(by), signature, path: tree.pathOf(0) };
  return { receipt, payees, results, proof, custody: "self", acknowledgedAtMs: 1 };
}

describe("a receipt, checked against the chain alone", () => {
  it("is valid when a registered router of the named operator signed it", async () => {
    expect(await verifyReceipt(signed(ROUTER_KEY), { deployment })).toEqual({ kind: "valid" });
    expect(await verifyReceipt(signed(ROUTER_KEY), { deployment, rpcUrls: [anvil.url] })).toEqual({ kind: "valid" });
  });

  it("is invalid when its signer is a stranger, a miner, or another operator's router", async () => {
    const reasonOf = async (document: ReceiptDocument) => verifyReceipt(document, { deployment });
    expect(await reasonOf(signed(STRANGER_KEY))).toEqual({ kind: "invalid", reason: "signer is not registered" });
    expect(await reasonOf(signed(MINER_KEY))).toEqual({ kind: "invalid", reason: "signer is not a router" });
    const foreign = signed(ROUTER_KEY, addressOfPrivateKey(STRANGER_KEY));
    expect(await reasonOf(foreign)).toEqual({ kind: "invalid", reason: "signer belongs to another operator" });
  });

  it("is invalid when anything of it was changed", async () => {
    const document = signed(ROUTER_KEY);
    const dearer = { ...document, receipt: { ...document.receipt, nOut: 4 } };
    expect(await verifyReceipt(dearer, { deployment })).toMatchObject({ kind: "invalid" });
  });
});

describe("a wallet's sessions on chain", () => {
  it("are opened, allotted, filled up, listed and closed", async () => {
    await fund(CLIENT_KEY);
    const client = createCortensor({ baseUrl: open.url, wallet: { privateKey: CLIENT_KEY, deployment } });
    const { account } = await client.openSession({ name: "mine", depositWei: 10n * COR, allotmentWei: 4n * COR });
    const lane = (await client.info()).router.operator;
    const chain = createChainWriter({ profile: deployment, privateKey: CLIENT_KEY });
    expect((await readLane(chain, { account, lane })).allotmentWei).toBe(4n * COR);
    await client.topUp({ account, wei: 2n * COR });
    expect(await client.listSessions()).toMatchObject([
      { account, name: "mine", depositWei: 12n * COR, allotmentWei: 6n * COR, settledWei: 0n, closed: false },
    ]);
    const { closeAt } = await client.closeSession(account);
    expect((await client.listSessions())[0]?.closeAt).toBe(closeAt);
    await expect(client.finaliseSession(account)).rejects.toMatchObject({ code: "CHAIN_REVERTED" });
  });

  it("aren't opened without the deposit", async () => {
    const client = createCortensor({ baseUrl: open.url, wallet: { privateKey: CLIENT_KEY, deployment } });
    await expect(client.openSession({ name: "rich", depositWei: 10_000n * COR })).rejects.toMatchObject({
      code: "CHAIN_REVERTED",
    });
  });
});
