import {
  type DisputedResult,
  encodePlantProof,
  hashResult,
  type PlantProof,
  plantCommitment,
  registryDomain,
  setEntryId,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { aDisputedResult, DISPUTED_FEE_WEI, provenBy, word } from "../../protocol/test/aDisputedResult.js";
import {
  amendDispute,
  appealVerdict,
  type ChainWriter,
  castJuryVote,
  claimJudge,
  commitPlant,
  commitVerdict,
  dismissDispute,
  disputeResult,
  drawJudges,
  dueChore,
  enforceDispute,
  findDispute,
  openPlant,
  openSession,
  readCorBalance,
  readDispute,
  readDisputeCount,
  readDisputeNews,
  readHead,
  readIsMinerFrozen,
  readIsPlanted,
  registerNode,
  revealVerdict,
  transferCor,
} from "../src/index.js";
import { COR, EPOCH_SECONDS, type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

/** Anvil's accounts: 1 owns the miner, which signs with 2; 3 owns the router, which signs with 4; 5 opens the session, 6 the dispute. */
const [MINER_OWNER, MINER, ROUTER_OWNER, ROUTER, CLIENT, OPENER] = [1, 2, 3, 4, 5, 6];

describe("disputes on a real chain", () => {
  let network: LocalNetwork;
  let opener: ChainWriter;
  let disputed: DisputedResult;
  const domain = () => {
    const { chainId, addresses } = network.profile;
    return registryDomain({ chainId, registry: addresses.registry });
  };

  beforeAll(async () => {
    network = await startLocalNetwork();
    opener = writerOf(network.profile, OPENER);
    await transferCor(writerOf(network.profile, 0), { to: opener.account, wei: 3n * COR });
    await registerNode(writerOf(network.profile, MINER_OWNER), { signerKey: anvilKey(MINER), roles: ["miner"] });
    await registerNode(writerOf(network.profile, ROUTER_OWNER), { signerKey: anvilKey(ROUTER), roles: ["router"] });
    const { account } = await openSession(writerOf(network.profile, CLIENT), { name: "test" });
    const deadline = (await readHead(opener)).timestamp + 3_600;
    const operator = writerOf(network.profile, ROUTER_OWNER).account;
    const keys = { minerKey: anvilKey(MINER), routerKey: anvilKey(ROUTER) };
    disputed = aDisputedResult({ ...keys, operator, domain: domain() }, { account, deadline });
  });
  afterAll(() => network?.anvil.stop());

  it("opens one over what miner and router signed, and reads it as it stands", async () => {
    expect(await readDisputeCount(opener)).toBe(0);
    expect(await readDispute(opener, 1)).toBeUndefined();
    expect(await findDispute(opener, hashResult(disputed.result))).toBeUndefined();
    const { number } = await disputeResult(opener, disputed);
    expect(number).toBe(1);
    expect(await readCorBalance(opener, opener.account)).toBe(2n * COR);
    expect(await findDispute(opener, hashResult(disputed.result))).toBe(1);
    const found = await readDispute(opener, 1);
    expect(found).toMatchObject({
      taskId: setEntryId(disputed.receipt.taskId),
      resultHash: hashResult(disputed.result),
      miner: disputed.result.miner,
      client: writerOf(network.profile, CLIENT).account,
      opener: opener.account,
      feeWei: DISPUTED_FEE_WEI,
      modelId: word("model"),
      phase: "opened",
      round: 1,
      validators: [],
      verdict: undefined,
      ending: undefined,
      frozenUntil: undefined,
    });
    expect(found && found.deadlineSeconds - found.atSeconds).toBe(1_800);
    expect(await readIsMinerFrozen(opener, disputed.result.miner)).toBe(false);
  });

  it("refuses what the contract refuses, by the name of its error", async () => {
    const node = disputed.result.miner;
    const refused = (error: string) => expect.objectContaining({ data: expect.objectContaining({ error }) });
    await expect(disputeResult(opener, disputed)).rejects.toEqual(refused("DisputeExists"));
    await expect(
      disputeResult(opener, {
        ...disputed,
        resultProof: provenBy(anvilKey(ROUTER), hashResult(disputed.result), domain()),
      }),
    ).rejects.toEqual(refused("MinerForeign"));
    await expect(amendDispute(opener, { number: 1, disputed })).rejects.toEqual(refused("FeeNotHigher"));
    await expect(claimJudge(opener, { number: 1, node })).rejects.toEqual(refused("DrawEarly"));
    await expect(drawJudges(opener, { number: 1, phase: "opened" })).rejects.toEqual(refused("DrawEarly"));
    await expect(drawJudges(opener, { number: 1, phase: "called" })).rejects.toEqual(refused("DrawEarly"));
    await expect(commitVerdict(opener, { number: 1, commitment: word("b") })).rejects.toEqual(refused("PhaseOther"));
    const finding = { outcome: "failed", stats: word("c"), firstDiff: 1, salt: word("d") } as const;
    await expect(revealVerdict(opener, { number: 1, ...finding })).rejects.toEqual(refused("PhaseOther"));
    await expect(castJuryVote(opener, { number: 1, isWrong: true })).rejects.toEqual(refused("PhaseOther"));
    await expect(appealVerdict(opener, 1)).rejects.toEqual(refused("PhaseOther"));
    await expect(enforceDispute(opener, { number: 1, chore: "expire" })).rejects.toEqual(refused("NotDue"));
    await expect(enforceDispute(opener, { number: 1, chore: "execute" })).rejects.toEqual(refused("NotSlashed"));
    await expect(enforceDispute(opener, { number: 1, chore: "thaw" })).rejects.toEqual(refused("NotFrozen"));
  });

  it("enforces its deadlines until it ends, and gives back what was put down", async () => {
    for (const tries of [1, 2, 3]) {
      const before = await readDispute(opener, 1);
      if (before === undefined) throw new Error("the dispute is gone");
      expect(dueChore(before, before.deadlineSeconds - 1)).toBeUndefined();
      expect(dueChore(before, before.deadlineSeconds)).toBe("expire");
      await passSeconds(opener, before.deadlineSeconds - (await readHead(opener)).timestamp);
      await enforceDispute(opener, { number: 1, chore: "expire" });
      expect(await readDispute(opener, 1)).toMatchObject({ tries, atSeconds: before.deadlineSeconds });
    }
    const ended = await readDispute(opener, 1);
    expect(ended).toMatchObject({ phase: "ended", ending: "undrawn" });
    expect(ended && dueChore(ended, ended.deadlineSeconds + 1)).toBeUndefined();
    expect(await readCorBalance(opener, opener.account)).toBe(3n * COR);
  });

  it("tells the news of it, in order, of the blocks that are asked for and no others", async () => {
    const { blockNumber: toBlock } = await readHead(opener);
    const news = await readDisputeNews(opener, { fromBlock: 0n, toBlock });
    const taskId = setEntryId(disputed.receipt.taskId);
    expect(news).toEqual([
      { kind: "priced", number: 1, feeWei: DISPUTED_FEE_WEI },
      { kind: "ended", number: 1, taskId, ending: "undrawn" },
    ]);
    expect(await readDisputeNews(opener, { fromBlock: toBlock, toBlock })).toEqual(news.slice(1));
    expect(await readDisputeNews(opener, { fromBlock: toBlock + 1n, toBlock })).toEqual([]);
  });

  it("dismisses one over what the miner's owner planted for itself, and opens no other", async () => {
    const planter = writerOf(network.profile, MINER_OWNER);
    const salt = word("salt");
    await commitPlant(writerOf(network.profile, CLIENT), plantCommitment(planter.account, salt));
    await passSeconds(opener, EPOCH_SECONDS);
    const { account } = await openSession(planter, { name: "planted" });
    const keys = { minerKey: anvilKey(MINER), routerKey: anvilKey(ROUTER), custody: "self" } as const;
    const operator = writerOf(network.profile, ROUTER_OWNER).account;
    const deadline = (await readHead(opener)).timestamp + 600;
    const planted = aDisputedResult({ ...keys, operator, domain: domain() }, { account, deadline });
    const { task, result } = planted;
    const resultHash = hashResult(result);
    const { number } = await disputeResult(opener, planted);
    const refused = (error: string) => expect.objectContaining({ data: expect.objectContaining({ error }) });
    await expect(dismissDispute(opener, number)).rejects.toEqual(refused("NotPlanted"));

    await passSeconds(opener, 2 * EPOCH_SECONDS);
    const tokens: PlantProof["tokens"] = Array.from({ length: result.nOut }, (_, id) => ({ id, top: [id] }));
    expect(await readIsPlanted(opener, resultHash)).toBe(false);
    await openPlant(planter, { salt, proof: encodePlantProof({ task, result, tokens }) });
    expect(await readIsPlanted(opener, resultHash)).toBe(true);

    expect(await readDispute(opener, number)).toMatchObject({ phase: "opened", isOwn: true });
    await dismissDispute(opener, number);
    expect(await readDispute(opener, number)).toMatchObject({ phase: "ended", ending: "planted" });
    expect(await readCorBalance(opener, opener.account)).toBe(3n * COR);
    await expect(disputeResult(opener, planted)).rejects.toEqual(refused("Planted"));
  });
});
