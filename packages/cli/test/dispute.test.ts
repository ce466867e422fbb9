import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createChainWriter,
  deployNetwork,
  formatProfile,
  type NetworkProfile,
  openSession,
  readHead,
  registerNode,
  transferCor,
} from "@cortensor/chain";
import { addressOfPrivateKey, type DisputedResult, encodeDisputedResult, registryDomain } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { aDisputedResult } from "../../protocol/test/aDisputedResult.js";
import { contextIn, runInHome } from "./runInHome.js";

const COR = 10n ** 18n;
/** Anvil's accounts: 1 owns the miner, which signs with 2; 3 owns the router, which signs with 4; 5 disputes. */
const [MINER_OWNER, MINER, ROUTER_OWNER, ROUTER, OPENER] = [1, 2, 3, 4, 5];

describe("`cortensor dispute`", () => {
  let anvil: RunningAnvil;
  let home: string;
  let profile: NetworkProfile;
  let disputed: DisputedResult;
  const writerOf = (index: number) => createChainWriter({ profile, privateKey: anvilKey(index) });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-dispute-"));
    anvil = await startAnvil({ chainId: 31_337 });
    const { chainId, url } = anvil;
    const deployer = { privateKey: anvilKey(0), epochSeconds: 30, save: () => undefined };
    profile = await deployNetwork({ name: "test", chainId, rpcUrls: [url], ...deployer });
    await writeFile(join(home, "network.json"), formatProfile(profile));
    await contextIn(home).keystore({ mayGenerate: false }).import("challenger", anvilKey(OPENER));
    await transferCor(writerOf(0), { to: addressOfPrivateKey(anvilKey(OPENER)), wei: 3n * COR });
    await registerNode(writerOf(MINER_OWNER), { signerKey: anvilKey(MINER), roles: ["miner"] });
    await registerNode(writerOf(ROUTER_OWNER), { signerKey: anvilKey(ROUTER), roles: ["router"] });
    const { account } = await openSession(writerOf(0), { name: "test" });
    const domain = registryDomain({ chainId, registry: profile.addresses.registry });
    const keys = { minerKey: anvilKey(MINER), routerKey: anvilKey(ROUTER), domain };
    const deadline = (await readHead(writerOf(0))).timestamp + 3_600;
    const operator = addressOfPrivateKey(anvilKey(ROUTER_OWNER));
    disputed = aDisputedResult({ ...keys, operator }, { account, deadline });
  }, 60_000);
  afterAll(async () => {
    await anvil?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const dispute = (...args: string[]) => runInHome(home, ["dispute", ...args, "--network", join(home, "network.json")]);

  async function fileOf(name: string, text: string): Promise<string> {
    const file = join(home, name);
    await writeFile(file, text);
    return file;
  }

  it("refuses a file that shows nothing, before anything is put down", async () => {
    const badFile = (problem: string) => expect.objectContaining({ data: expect.objectContaining({ problem }) });
    await expect(dispute("open", join(home, "none.json"))).rejects.toEqual(badFile("can't be read"));
    await expect(dispute("open", await fileOf("text.json", "{"))).rejects.toEqual(badFile("is no JSON"));
    const other = { ...disputed, task: { ...disputed.task, seq: 2 } };
    const file = await fileOf("other.json", JSON.stringify(encodeDisputedResult(other)));
    await expect(dispute("open", file)).rejects.toEqual(badFile("shows nothing: receipt is not of the task"));
    await expect(dispute("show", "1")).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    expect(await dispute("list")).toMatchObject({ disputes: [] });
  });

  it("opens a dispute, says how it stands, and enforces what is due until it ends", async () => {
    const file = await fileOf("dispute.json", JSON.stringify(encodeDisputedResult(disputed)));
    expect(await dispute("open", file)).toMatchObject({ number: 1, miner: disputed.result.miner });
    const { miner } = disputed.result;
    expect(await dispute("show", "1")).toMatchObject({ dispute: { number: 1, phase: "opened", miner }, due: null });
    expect(await dispute("enforce", "1")).toMatchObject({ done: [], phase: "opened" });
    await expect(dispute("appeal", "1")).rejects.toMatchObject({ data: { error: "PhaseOther" } });
    await expect(dispute("dismiss", "1")).rejects.toMatchObject({ data: { error: "NotPlanted" } });
    await passSeconds(3 * 1_800);
    expect(await dispute("show", "1")).toMatchObject({ due: "expire" });
    expect(await dispute("enforce", "1")).toMatchObject({ done: ["expire", "expire", "expire"], ending: "undrawn" });
    expect(await dispute("list")).toMatchObject({ disputes: [{ number: 1, phase: "ended", ending: "undrawn" }] });
  });

  async function passSeconds(seconds: number): Promise<void> {
    const { client } = writerOf(0);
    for (const [method, params] of [["evm_increaseTime", [seconds]] as const, ["evm_mine", []] as const]) {
      await client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({ method, params });
    }
  }
});
