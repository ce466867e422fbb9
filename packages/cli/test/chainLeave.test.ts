import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  askLastState,
  claimCall,
  createChainReader,
  findHoldings,
  type Holding,
  lastStateCreation,
  leaveChain,
  lockCor,
  readFixedBlock,
  signLeave,
} from "@cortensor/chain";
import { type Address, addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import { type DerivedChain, deriveChain, type OutputFinding, startVerifier } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { createWalletClient, encodeDeployData, encodeFunctionData, http, parseEther, parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corAbi } from "../../chain/src/generated/Cor.js";
import { noComplianceAbi, noComplianceBytecode } from "../../chain/src/generated/NoCompliance.js";
import { noPauseAbi, noPauseBytecode } from "../../chain/src/generated/NoPause.js";
import { stakeVaultAbi, stakeVaultBytecode } from "../../chain/src/generated/StakeVault.js";
import { COR, KEYS, openEthereumParent, corOf as readCor, until, WINDOW_SECONDS } from "./leavingParents.js";
import {
  above,
  endOperator,
  filesIn,
  type LeavingWorld,
  leave as leaveWorld,
  openWorld,
  SILENCE_SECONDS,
  settle,
  stageOf,
} from "./leavingWorld.js";
import { contextIn, runInHome } from "./runInHome.js";

const TEXT = "What the lab measured in May.";
const ALICE = addressOfPrivateKey(KEYS.alice);
const CLIENT = addressOfPrivateKey(KEYS.client);
/** An account of nobody's below: so that what is paid for gas isn't in what came. */
const ALICE_TO: Address = "0x00000000000000000000000000000000000a11ce";
const CLIENT_TO: Address = "0x000000000000000000000000000000000000c11e";

describe("cortensor chain leave", () => {
  let world: LeavingWorld;
  let home: string;
  let cid: string;
  const run = (...args: string[]) => runInHome(home, args);
  const leave = (as: string, to: Address) => leaveWorld(world, as, to);
  const corOf = (account: Address) => readCor(world.parent, account);
  const pass = (seconds: number) => world.parent.pass(seconds);

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-cli-leave-"));
    world = await openWorld(home, await openEthereumParent());
    const { network } = filesIn(home);
    const keystore = contextIn(home).keystore({ mayGenerate: false });
    await keystore.import("alice", KEYS.alice);
    await keystore.import("client", KEYS.client);
    await writeFile(join(home, "notes.md"), TEXT);
    const kept = await run("data", "put", join(home, "notes.md"), "--as", "alice", "--network", network);
    cid = String(kept.cid);
  }, 240_000);
  afterAll(async () => {
    await world?.running.stop();
    await world?.parent.stop();
    await rm(home, { recursive: true, force: true });
  });

  it("is answered by an operator that is there: it posts an output behind the ask, and nobody can end its chain", async () => {
    await askLastState(above(world, KEYS.outsider), world.exit);
    await until("an answer", async () => (await stageOf(world)).kind === "open");
  });

  it("tells a chain below of a stake above by the gas that an estimate names, or refuses the stake by name", async () => {
    const {
      parent: { cor },
      exit,
    } = world;
    const sender = above(world, KEYS.deployer);
    const create = async (data: Hex): Promise<Address> =>
      (await sender.send({ call: "create", data })).contractAddress ?? expect.unreachable();
    const hooks = [
      await create(encodeDeployData({ abi: noComplianceAbi, bytecode: noComplianceBytecode })),
      await create(encodeDeployData({ abi: noPauseAbi, bytecode: noPauseBytecode })),
    ] as const;
    const args = [cor, ...hooks, sender.account] as const;
    const vault = await create(encodeDeployData({ abi: stakeVaultAbi, bytecode: stakeVaultBytecode, args }));
    const abi = [...stakeVaultAbi, ...corAbi];
    const mirror = [exit.messenger, BigInt(exit.chainId), CLIENT_TO] as const;
    const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "addMirror", args: mirror });
    await sender.send({ call: "addMirror", to: vault, data });
    const approve = encodeFunctionData({ abi: corAbi, functionName: "approve", args: [vault, 2n * COR] });
    await sender.send({ call: "approve", to: cor, data: approve });
    const stake = encodeFunctionData({ abi: stakeVaultAbi, functionName: "stake", args: [sender.account, COR] });
    const gas = await sender.client.estimateGas({ account: sender.signer, to: vault, data: stake });
    const client = createWalletClient({ account: sender.signer, transport: http(world.parent.url) });
    const sent = await client.sendTransaction({ to: vault, data: stake, gas, chain: null });
    const { status, logs } = await sender.client.waitForTransactionReceipt({ hash: sent });
    expect(status).toBe("success");
    expect(logs.some(({ address }) => address.toLowerCase() === exit.messenger)).toBe(true);
    expect(parseEventLogs({ abi, eventName: "MirrorFailed", logs })).toEqual([]);
    const short = await client.sendTransaction({ to: vault, data: stake, gas: 1_000_000n, chain: null });
    expect(await sender.client.waitForTransactionReceipt({ hash: short })).toMatchObject({ status: "reverted" });
  });

  it("asks an operator that is gone, and waits for as long as the chain's file says", async () => {
    await settle(world);
    await endOperator(world);
    const {
      parent: { cor },
      exit,
    } = world;
    // Locked above, and taken in by nobody below.
    const give = encodeFunctionData({ abi: corAbi, functionName: "transfer", args: [ALICE, 7n * COR] });
    await above(world, KEYS.deployer).send({ call: "transfer", to: cor, data: give });
    await lockCor(above(world, KEYS.alice), { cor, vault: exit.vault, to: ALICE, amountWei: 7n * COR });
    expect(await leave("alice", ALICE_TO)).toMatchObject({ stage: { kind: "asked" }, steps: [] });
    expect(await corOf(ALICE_TO)).toBe(0n);
    await pass(SILENCE_SECONDS - 60);
    expect(await leave("client", CLIENT_TO)).toMatchObject({ stage: { kind: "asked" } });
  });

  it("pays each member all that it had, wallet and escrow, and gives back what never arrived", async () => {
    await pass(61);
    const left = await leave("alice", ALICE_TO);
    expect(left).toMatchObject({
      stage: { kind: "fixed" },
      steps: expect.arrayContaining([
        expect.objectContaining({ kind: "paid", holding: "balance", amountWei: String(40n * COR) }),
        expect.objectContaining({ kind: "takenBack", amountWei: String(7n * COR) }),
        expect.objectContaining({ kind: "coinsWaiting" }),
      ]),
    });
    expect(await corOf(ALICE_TO)).toBe(40n * COR);
    expect(await corOf(ALICE)).toBe(7n * COR);
    await leave("client", CLIENT_TO);
    expect(await corOf(CLIENT_TO)).toBe(21n * COR);
    expect(await corOf(world.exit.vault)).toBe(4n * COR);
  });

  it("is held up by no verifier with the challenger's key, which looks at the contract's code first", async () => {
    const findings: OutputFinding[] = [];
    const start = (lastState?: Pick<Parameters<typeof startVerifier>[0], "lastStateCreation">) =>
      startVerifier({
        ...{ chain: world.opChain, parentRpcUrl: world.parent.url, challengerKey: KEYS.challenger, ...lastState },
        ...{ clock: systemClock, everyMs: 40, onError: () => undefined },
        onFinding: (finding) => findings.push(finding),
      });
    const unlike = { code: "ROLLUP_BAD_CONTRACT", contract: "LastState" };
    await expect(start()).rejects.toMatchObject({ data: unlike });
    const other: typeof lastStateCreation = (parts) => lastStateCreation({ ...parts, silenceSeconds: 1 });
    await expect(start({ lastStateCreation: other })).rejects.toMatchObject({ data: unlike });
    const verifier = await start({ lastStateCreation });
    const leaving = () => findings.filter(({ kind }) => kind !== "right");
    await until("a look at both members' coins", async () => leaving().length >= 2);
    await verifier.stop();
    expect(leaving()).toEqual(leaving().map(() => expect.objectContaining({ kind: "stands", why: "leaves" })));
  });

  it("pays coins once the portal's window is over, and nothing again", async () => {
    await pass(WINDOW_SECONDS + 1);
    const again = await leave("alice", ALICE_TO);
    expect(again).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({ kind: "paidBefore", holding: "balance" }),
        expect.objectContaining({ kind: "takenBackBefore" }),
        expect.objectContaining({ kind: "coinsPaid" }),
      ]),
    });
    const { client } = above(world, KEYS.outsider);
    const coins = await client.getBalance({ address: ALICE_TO });
    expect(coins).toBe(parseEther("3"));
    expect(await leave("alice", ALICE_TO)).toMatchObject({
      steps: expect.arrayContaining([expect.objectContaining({ kind: "coinsPaidBefore" })]),
    });
    expect([await client.getBalance({ address: ALICE_TO }), await corOf(ALICE_TO)]).toEqual([coins, 40n * COR]);
  });

  it("gives a member what it kept, with its own key, beside nobody", async () => {
    const out = join(home, "out.md");
    await run("data", "get", cid, "--out", out, "--as", "alice", "--network", filesIn(home).network, "--offline");
    expect(await readFile(out, "utf8")).toBe(TEXT);
  });

  describe("the vault", () => {
    let derived: DerivedChain;
    let blockNumber: bigint;
    beforeAll(async () => {
      const chain = { chain: world.opChain, parentRpcUrl: world.parent.url, port: 0 };
      derived = await deriveChain({ ...chain, onError: () => undefined });
      blockNumber = (await readFixedBlock(above(world, KEYS.outsider).client, world.exit)) ?? 0n;
    }, 120_000);
    afterAll(() => derived?.stop());

    const reader = () => createChainReader({ profile: { ...world.profile, rpcUrls: [derived.url] } });
    const callBy = async (signer: Hex, account: Address, holding: Holding) => {
      const of = { place: world.exit, pays: world.exit.vault, account, to: ALICE_TO };
      const leaver = await signLeave(privateKeyToAccount(signer), of);
      return claimCall({ chain: reader(), place: world.exit, blockNumber, leaver }, holding);
    };
    const refused = (error: string) => ({ data: { code: "CHAIN_REVERTED", error } });

    it("pays a node what it is owed, and an operator its bond, by their own keys; then nothing is left", async () => {
      const parent = above(world, KEYS.outsider);
      for (const [key, kind, amount] of [
        [KEYS.outsider, "credit", 3n],
        [KEYS.operator, "bond", 1n],
      ] as const) {
        const parts = { place: world.exit, chain: reader(), parent: parent.client, sender: parent };
        const signer = privateKeyToAccount(key);
        const { steps } = await leaveChain({ ...parts, signer, to: CLIENT_TO, onStep: () => undefined });
        expect(steps).toMatchObject([{ kind: "paid", holding: { kind, amountWei: amount * COR } }]);
      }
      expect(await corOf(world.exit.vault)).toBe(0n);
    });

    it("refuses a second claim of each holding", async () => {
      const found = await findHoldings(reader(), { account: CLIENT, blockNumber });
      expect(found.map(({ kind }) => kind).sort()).toEqual(["balance", "session"]);
      for (const holding of found) {
        const again = above(world, KEYS.outsider).send(await callBy(KEYS.client, CLIENT, holding));
        await expect(again).rejects.toMatchObject(refused("ClaimedAlready"));
      }
    });

    it("refuses an outsider's word, an outsider without a holding, and a forged proof", async () => {
      const sender = above(world, KEYS.outsider);
      const balance: Holding = { kind: "balance", amountWei: 1n };
      const asAlice = sender.send(await callBy(KEYS.outsider, ALICE, balance));
      await expect(asAlice).rejects.toMatchObject(refused("SignatureOther"));
      const outsider = addressOfPrivateKey(KEYS.outsider);
      const own = sender.send(await callBy(KEYS.outsider, outsider, balance));
      await expect(own).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
      const session: Holding = { kind: "session", session: world.session, lanes: [], amountWei: 1n };
      const others = sender.send(await callBy(KEYS.outsider, outsider, session));
      await expect(others).rejects.toMatchObject(refused("OwnerOther"));
      const call = await callBy(KEYS.client, CLIENT, balance);
      const data: Hex = `0x${(call.data ?? "0x").slice(2, -200)}${"ab".repeat(100)}`;
      await expect(sender.send({ ...call, data })).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
    });
  });
});
