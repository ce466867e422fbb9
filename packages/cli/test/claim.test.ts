import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployNetwork, formatProfile } from "@cortensor/chain";
import { openStore } from "@cortensor/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { contextIn, runInHome } from "./runInHome.js";

describe("`cortensor claim`", () => {
  let anvil: RunningAnvil;
  let home: string;
  let network: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-claim-"));
    anvil = await startAnvil({ chainId: 31_337 });
    const profile = await deployNetwork({
      name: "test",
      chainId: anvil.chainId,
      rpcUrls: [anvil.url],
      privateKey: anvilKey(0),
      epochSeconds: 30,
      save: () => undefined,
    });
    network = join(home, "network.json");
    await writeFile(network, formatProfile(profile));
    await contextIn(home).keystore({ mayGenerate: false }).import("miner", anvilKey(1));
  }, 60_000);
  afterAll(async () => {
    await anvil?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const claim = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
    runInHome(home, ["claim", ...args, "--network", network], env);

  const refusal = (file: string, says: string) => ({
    data: { code: "CLI_BAD_FILE", file, problem: expect.stringContaining(says) },
  });

  it("finds nothing to claim in an outbox that is empty", async () => {
    const outbox = join(home, "empty outbox");
    await openStore(outbox).close();
    expect(await claim(["--outbox", outbox])).toMatchObject({ event: "result", opened: 0, paidWei: "0" });
  });

  it("refuses an outbox that isn't there, says what to do, and makes none", async () => {
    const outbox = join(home, "no outbox");
    await expect(claim(["--outbox", outbox])).rejects.toMatchObject(refusal(outbox, "isn't there"));
    await expect(claim(["--outbox", outbox, "--dry-run"])).rejects.toMatchObject(refusal(outbox, "MINER_OUTBOX"));
    await expect(claim([], { MINER_OUTBOX: outbox })).rejects.toMatchObject(refusal(outbox, "with --outbox"));
    expect(existsSync(outbox)).toBe(false);
  });

  it("refuses as well when there is none where a miner of this home would keep it, and nothing was claimed", async () => {
    await expect(claim([])).rejects.toMatchObject({
      data: { code: "CLI_BAD_FILE", problem: expect.stringContaining("isn't there") },
    });
  });

  it("refuses a folder and a file that are no outbox, and leaves them as they were", async () => {
    const folder = join(home, "settlements");
    mkdirSync(folder);
    writeFileSync(join(folder, "a set"), "");
    await expect(claim(["--outbox", folder])).rejects.toMatchObject(refusal(folder, "is no miner's outbox"));
    expect(readdirSync(folder)).toEqual(["a set"]);
    await expect(claim(["--outbox", network])).rejects.toMatchObject(refusal(network, "is a file"));
    writeFileSync(join(folder, "data.mdb"), "no database");
    await expect(claim(["--outbox", folder])).rejects.toMatchObject(refusal(folder, "of another format"));
  });
});
