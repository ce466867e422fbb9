import {
  buildDeposit,
  type DepositCursor,
  depositsIn,
  firstCursor,
  hexToSolanaKey,
  readDeposits,
  readStanding,
  sendSolana,
} from "@cortensor/chain";
import { formatSolanaRecord } from "@cortensor/protocol";
import { address, generateKeyPairSigner } from "@solana/kit";
import { getAddMemoInstruction } from "@solana-program/memo";
import {
  findAssociatedTokenPda,
  getTransferCheckedInstruction,
  getTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCAL_COR_DECIMALS } from "../src/index.js";
import { makeMint, sendUntried } from "./sendUntried.js";
import { type SolanaWorld, startSolanaWorld, vaultAddress } from "./solanaWorld.js";

const MEMO = address("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

describe("a vault's deposits", () => {
  let world: SolanaWorld;
  let cursor: DepositCursor;
  beforeAll(async () => {
    world = await startSolanaWorld();
    cursor = firstCursor(world.vault);
  });
  afterAll(() => world.svm.stop());

  /** What is new since the last look. */
  const look = async (options: { readonly most?: number; readonly pageSize?: number } = {}) => {
    const { cluster, vault } = world;
    const read = await readDeposits({ cluster, vault, cursor, ...options });
    cursor = read.cursor;
    return read;
  };
  const transfer = async (change: { readonly memo?: string | Uint8Array } = {}) => {
    const { client, vault } = world;
    const mint = hexToSolanaKey(vault.mint);
    const [source] = await findAssociatedTokenPda({ owner: client.address, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
    const paid = getTransferCheckedInstruction({
      source,
      mint,
      destination: vaultAddress(vault),
      authority: client,
      amount: 3n,
      decimals: LOCAL_COR_DECIMALS,
    });
    const { memo } = change;
    if (memo === undefined) return [paid];
    const said = getAddMemoInstruction({ memo: typeof memo === "string" ? memo : "x" }, { programAddress: MEMO });
    return [paid, typeof memo === "string" ? said : { ...said, data: memo }];
  };

  it("are read once they are final, and not before", async () => {
    const signature = await world.deposit({ to: { kind: "wallet", address: `0x${"ab".repeat(20)}` }, amount: 9n });
    world.svm.advance(31);
    expect((await look()).deposits).toEqual([]);
    world.svm.advance(1);
    const { deposits, isWhole, head } = await look();
    expect(deposits).toMatchObject([
      { deposit: { signature, instruction: 0, amount: 9n, to: { kind: "wallet", address: `0x${"ab".repeat(20)}` } } },
    ]);
    expect(isWhole).toBe(true);
    expect(deposits[0]).toMatchObject({ time: head.time, slot: head.slot });
    expect((await look()).deposits).toEqual([]);
  });

  it("count one transaction once, however often it is sent, and two of the same words twice", async () => {
    const { cluster, client, vault } = world;
    const order = { vault, from: client, to: { kind: "session", account: 1 }, amount: 5n, nonce: 77n } as const;
    const instructions = await buildDeposit(order);
    const [first] = [await sendSolana(cluster, { payer: client, instructions })];
    await expect(sendSolana(cluster, { payer: client, instructions })).rejects.toMatchObject({
      code: "SOLANA_REFUSED",
    });
    world.settle();
    const second = await sendSolana(cluster, { payer: client, instructions });
    world.settle();
    const { deposits } = await look();
    expect(deposits.map(({ deposit }) => deposit.signature)).toEqual([first?.signature, second.signature]);
    expect(deposits.map(({ deposit }) => deposit.nonce)).toEqual([77n, 77n]);
  });

  it("may be two in one transaction, each with its own memo", async () => {
    const { client, vault } = world;
    const one = await buildDeposit({ vault, from: client, to: { kind: "session", account: 1 }, amount: 5n, nonce: 1n });
    const two = await buildDeposit({ vault, from: client, to: { kind: "session", account: 2 }, amount: 6n, nonce: 2n });
    await world.send([...one, ...two]);
    world.settle();
    const { deposits } = await look();
    expect(deposits.map(({ deposit }) => [deposit.instruction, deposit.amount, deposit.to])).toEqual([
      [0, 5n, { kind: "session", account: 1 }],
      [2, 6n, { kind: "session", account: 2 }],
    ]);
  });

  it("don't include what failed, though it stands in its slot", async () => {
    const { client, vault, cluster } = world;
    const good = await buildDeposit({
      vault,
      from: client,
      to: { kind: "session", account: 1 },
      amount: 5n,
      nonce: 3n,
    });
    const bad = await buildDeposit({
      vault,
      from: client,
      to: { kind: "session", account: 1 },
      amount: 2n ** 63n,
      nonce: 4n,
    });
    await expect(world.send([...good, ...bad])).rejects.toMatchObject({ code: "SOLANA_REFUSED" });
    const signature = await sendUntried(world, [...good, ...bad]);
    world.settle();
    expect(await readStanding(cluster, { signature, lastValidHeight: 0n })).toMatchObject({ kind: "failed" });
    expect(await look()).toMatchObject({ deposits: [], uncredited: [], isWhole: true });
    expect(cursor.signature).toBe(signature);
  });

  it("don't include money without a name, with garbage for one, or with another network's", async () => {
    const { client, vault } = world;
    const mint = hexToSolanaKey(vault.mint);
    const [source] = await findAssociatedTokenPda({ owner: client.address, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
    const of = { chainId: 31_337, network: vault.network, to: { kind: "session", account: 1 }, nonce: 1n } as const;
    const good = formatSolanaRecord({ kind: "deposit", ...of });
    await world.send(await transfer());
    await world.send(await transfer({ memo: "for my session, please" }));
    await world.send(await transfer({ memo: `${good} ` }));
    await world.send(await transfer({ memo: formatSolanaRecord({ kind: "deposit", ...of, chainId: 1 }) }));
    await world.send(await transfer({ memo: formatSolanaRecord({ kind: "accept", taskId: `0x${"aa".repeat(32)}` }) }));
    const plain = { source, destination: vaultAddress(vault), authority: client, amount: 1n };
    await world.send([getTransferInstruction(plain), ...(await transfer({ memo: good })).slice(1)]);
    const [paid, memo] = await transfer({ memo: good });
    if (paid === undefined || memo === undefined) expect.unreachable();
    await world.send([memo, paid]);
    world.settle();
    const { deposits, uncredited } = await look();
    expect(deposits).toEqual([]);
    expect(uncredited.map(({ reason }) => reason)).toEqual([
      "unnamed",
      "unnamed",
      "badMemo",
      "otherNetwork",
      "otherNetwork",
      "unchecked",
      "unnamed",
    ]);
  });

  it("don't include another mint's, which the vault doesn't take, nor one that says it is checked and isn't", async () => {
    const { vault, client } = world;
    const other = await makeMint(world, await generateKeyPairSigner());
    const [paid, memo] = await buildDeposit({
      vault: { ...vault, mint: other },
      from: client,
      to: { kind: "session", account: 1 },
      amount: 5n,
      nonce: 5n,
    });
    if (paid === undefined || memo === undefined) expect.unreachable();
    await sendUntried(world, [paid, memo]);
    world.settle();
    expect((await look()).deposits).toEqual([]);
    const read = [paid, memo].map(({ programAddress, accounts = [], data = new Uint8Array(0) }) => ({
      program: programAddress,
      accounts: accounts.map((account) => account.address),
      data: new Uint8Array(data),
    }));
    expect(depositsIn(vault, read)).toEqual([{ kind: "uncredited", instruction: 0, reason: "unchecked" }]);
  });

  it("are gone with the slots of a fork, and come once when they are sent again", async () => {
    const before = world.svm.slot();
    world.svm.advance(1);
    const dropped = await world.deposit({ amount: 11n });
    world.svm.dropAfter(before);
    world.settle();
    expect((await look()).deposits).toEqual([]);
    const again = await world.deposit({ amount: 11n });
    world.settle();
    expect(again).not.toBe(dropped);
    expect((await look()).deposits.map(({ deposit }) => deposit.signature)).toEqual([again]);
  });

  it("come in order and once each, whatever the pages, the looks and the restarts", async () => {
    const from = cursor;
    const amounts = Array.from({ length: 7 }, (_, index) => BigInt(index + 1));
    for (const amount of amounts) {
      await world.deposit({ amount });
      if (amount % 3n === 0n) world.svm.advance(1);
    }
    world.settle();
    for (const [most, pageSize] of [
      [3, 2],
      [1, 1],
      [7, 7],
      [100, 3],
    ] as const) {
      cursor = from;
      const got: bigint[] = [];
      for (let isWhole = false; !isWhole; ) {
        const read = await look({ most, pageSize });
        got.push(...read.deposits.map(({ deposit }) => deposit.amount));
        isWhole = read.isWhole;
        // A reader that starts again has its cursor from where it was kept.
        cursor = structuredClone(cursor);
      }
      expect(got).toEqual(amounts);
      expect((await look()).deposits).toEqual([]);
    }
  });
});
