import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import {
  addVerifier,
  delegateStake,
  readCorBalance,
  readHead,
  readIsDenied,
  readIsVerifier,
  readStake,
  readStakePosition,
  readVerification,
  readVerifications,
  registerNode,
  removeVerifier,
  requestUnstake,
  signVerification,
  stake,
  transferCor,
  updateNode,
  type Verification,
  verifyNode,
  withdrawUnstaked,
} from "../src/index.js";
import { COR, type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

const SEALING_KEY = `0x${"5e".repeat(32)}` as const;
const KERNEL_CLASS = `0x${"c1".repeat(32)}` as const;

describe("stake and verification on a real chain", () => {
  let network: LocalNetwork;
  beforeAll(async () => {
    network = await startLocalNetwork();
  });
  afterAll(() => network?.anvil.stop());

  it("counts what is delegated as the operator's, and gives it back to who delegated it", async () => {
    const operator = writerOf(network.profile, 1);
    const delegator = writerOf(network.profile, 2);
    const holder = writerOf(network.profile, 0);
    await stake(holder, { operator: operator.account, wei: 5n * COR });
    await transferCor(holder, { to: delegator.account, wei: 3n * COR });
    await delegateStake(delegator, { operator: operator.account, wei: 3n * COR });
    const of = { operator: operator.account, holder: delegator.account };
    expect(await readStake(operator, operator.account)).toEqual({
      stakedWei: 8n * COR,
      unstakingWei: 0n,
      viewWei: 8n * COR,
    });
    expect(await readStakePosition(operator, of)).toEqual({ stakedWei: 3n * COR, unstakingWei: 0n, unstakeAt: 0 });

    await requestUnstake(delegator, { operator: operator.account, wei: COR });
    const { timestamp } = await readHead(operator);
    expect(await readStakePosition(operator, of)).toEqual({
      stakedWei: 2n * COR,
      unstakingWei: COR,
      unstakeAt: timestamp + 14 * 86_400,
    });
    expect((await readStake(operator, operator.account)).viewWei).toBe(7n * COR);
    await expect(withdrawUnstaked(delegator, { operator: operator.account })).rejects.toMatchObject({
      data: { error: "ExitTooEarly" },
    });
    await passSeconds(delegator, 14 * 86_400);
    const { wei } = await withdrawUnstaked(delegator, { operator: operator.account });
    expect(wei).toBe(COR);
    expect(await readCorBalance(operator, delegator.account)).toBe(COR);
    await expect(requestUnstake(delegator, { wei: 1n })).rejects.toMatchObject({ data: { error: "StakeBelow" } });
  });

  it("verifies a node by its own signature and a verifier's, until its details change", async () => {
    const { profile } = network;
    const operator = writerOf(profile, 3);
    const owner = writerOf(profile, 0);
    const verifier = writerOf(profile, 5);
    const details = { roles: ["miner"], sealingKey: SEALING_KEY, kernelClass: KERNEL_CLASS } as const;
    const { signer } = await registerNode(operator, { ...details, signerKey: anvilKey(4) });
    expect(await readVerification(operator, signer)).toEqual({
      isVerified: false,
      verifier: undefined,
      expires: 0,
      nonce: 0,
    });
    const { timestamp } = await readHead(operator);
    const verification: Verification = {
      signer,
      verifier: verifier.account,
      sealingKey: SEALING_KEY,
      kernelClass: KERNEL_CLASS,
      challenge: `0x${"a5".repeat(32)}`,
      answer: `0x${"a6".repeat(32)}`,
      nonce: 0,
      deadline: timestamp + 3_600,
      expires: timestamp + 86_400,
    };
    const post = () =>
      verifyNode(operator, {
        verification,
        nodeSignature: signVerification(profile, { verification, key: anvilKey(4) }),
        verifierSignature: signVerification(profile, { verification, key: anvilKey(5) }),
      });
    await expect(post()).rejects.toMatchObject({ data: { error: "NotVerifier" } });
    await addVerifier(owner, verifier.account);
    expect(await readIsVerifier(operator, verifier.account)).toBe(true);
    await post();
    const holds = { isVerified: true, verifier: verifier.account, expires: timestamp + 86_400, nonce: 1 };
    expect(await readVerification(operator, signer)).toEqual(holds);
    const many = Array.from({ length: 300 }, () => operator.account);
    const records = await readVerifications(operator, [...many, signer, ...many]);
    expect(records).toHaveLength(601);
    expect(records[300]).toEqual(holds);
    expect(records.filter(({ isVerified }) => isVerified)).toHaveLength(1);
    expect(await readVerifications(operator, [])).toEqual([]);
    expect(await readIsDenied(operator, signer)).toBe(false);
    await expect(post()).rejects.toMatchObject({ data: { error: "VerificationNonceOther" } });

    await removeVerifier(owner, verifier.account);
    expect((await readVerification(operator, signer)).isVerified).toBe(false);
    await addVerifier(owner, verifier.account);
    await updateNode(operator, { ...details, signer, kernelClass: `0x${"c2".repeat(32)}` });
    expect(await readVerification(operator, signer)).toMatchObject({ isVerified: false, expires: 0, nonce: 2 });
  });
});
