import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChainWriter, deployNetwork, formatProfile, type NetworkProfile } from "@cortensor/chain";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { contextIn, runInHome } from "./runInHome.js";

const COR = 10n ** 18n;
const DELAY_SECONDS = 14 * 86_400;
const OPERATOR = addressOfPrivateKey(anvilKey(1));
const DELEGATOR = addressOfPrivateKey(anvilKey(2));

let anvil: RunningAnvil;
let home: string;
let profile: NetworkProfile;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-stake-"));
  anvil = await startAnvil({ chainId: 31_337 });
  profile = await deployNetwork({
    name: "test",
    chainId: anvil.chainId,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds: 30,
    save: () => undefined,
  });
  await writeFile(join(home, "network.json"), formatProfile(profile));
  const keys = contextIn(home).keystore({ mayGenerate: false });
  await keys.import("miner-operator", anvilKey(1));
  await keys.import("client", anvilKey(2));
}, 60_000);
afterAll(async () => {
  await anvil?.stop();
  await rm(home, { recursive: true, force: true });
});

/** Runs `cortensor stake …` and resolves to the object it prints. */
const stake = (...args: string[]) => runInHome(home, ["stake", ...args, "--network", join(home, "network.json")]);

async function passSeconds(seconds: number): Promise<void> {
  const { client } = createChainWriter({ profile, privateKey: anvilKey(0) });
  for (const [method, params] of [["evm_increaseTime", [seconds]] as const, ["evm_mine", []] as const]) {
    await client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({ method, params });
  }
}

it("stakes, delegates, and takes back after fourteen days what no slash has taken", async () => {
  expect(await stake("add", "100")).toMatchObject({
    event: "result",
    operator: OPERATOR,
    holder: OPERATOR,
    position: { stakedWei: `${100n * COR}` },
  });
  expect(await stake("delegate", OPERATOR, "50", "--as", "client")).toMatchObject({
    operator: OPERATOR,
    holder: DELEGATOR,
    position: { stakedWei: `${50n * COR}` },
  });
  expect(await stake("show")).toMatchObject({
    stakedWei: `${150n * COR}`,
    viewWei: `${150n * COR}`,
    position: { stakedWei: `${100n * COR}` },
  });

  const mine = ["--as", "client", "--operator", OPERATOR];
  await expect(stake("unstake", "51", ...mine)).rejects.toMatchObject({ data: { error: "StakeBelow" } });
  expect(await stake("withdraw", ...mine)).toMatchObject({ withdrawnWei: "0" });
  expect(await stake("unstake", "20", ...mine)).toMatchObject({
    position: { stakedWei: `${30n * COR}`, unstakingWei: `${20n * COR}` },
  });
  expect(await stake("show", ...mine)).toMatchObject({ stakedWei: `${130n * COR}`, unstakingWei: `${20n * COR}` });
  await passSeconds(DELAY_SECONDS - 60);
  expect(await stake("withdraw", ...mine)).toMatchObject({ withdrawnWei: "0" });
  await passSeconds(60);
  expect(await stake("withdraw", ...mine)).toMatchObject({
    to: DELEGATOR,
    withdrawnWei: `${20n * COR}`,
    position: { stakedWei: `${30n * COR}`, unstakingWei: "0", unstakeAt: 0 },
  });
});

it("refuses a key that isn't there, and an amount that is none", async () => {
  await expect(stake("add", "1", "--as", "nobody")).rejects.toMatchObject({ code: "CLI_KEY_MISSING" });
  await expect(stake("add", "1e3")).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
  await expect(stake("add", "0")).rejects.toMatchObject({ data: { error: "AmountZero" } });
});
