import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChainWriter, deployNetwork, formatProfile, transferNative } from "@cortensor/chain";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { DEPLOY_ORDER } from "../../chain/src/deploySteps.js";
import { contextIn, runInHome } from "./runInHome.js";

const TEXT = "The bridge over the Aller was opened in 1903.";
let home: string;
let out: string;
let network: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-cli-data-"));
  [out, network, reach] = [join(home, "out"), join(home, "a.network"), ["--offline"]];
  await writeFile(join(home, "notes.md"), TEXT);
  await writeFile(network, JSON.stringify(aProfile()));
  const keystore = contextIn(home).keystore({ mayGenerate: false });
  for (const name of ["me", "friend", "stranger"]) await keystore.openOrCreate(name);
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** A network of nobody, with whatever contracts a network has. */
function aProfile(): object {
  const profile = {
    name: "nobody",
    chainId: 31_337,
    rpcUrls: ["http://127.0.0.1:1"],
    epochSeconds: 30,
    t0: 0,
    deployBlock: "0",
  };
  const addresses = Object.fromEntries(DEPLOY_ORDER.map((name) => [name, `0x${"ab".repeat(20)}`]));
  return { ...profile, addresses };
}

const run = (...args: string[]) => runInHome(home, ["data", ...args]);
/** What of the chain is on hand. */
let reach: readonly string[];
const runAs = (key: string, ...args: string[]) => run(...args, "--as", key, "--network", network, ...reach);
const refusal = (fault: string) =>
  expect.objectContaining({ data: expect.objectContaining({ code: "GRANT_REFUSED", fault }) });

/** An object of `me`, and a grant of it to a friend, as the friend was sent it. */
async function aGranted(...options: string[]) {
  const { cid } = await runAs("me", "put", join(home, "notes.md"));
  const { address, sealingKey } = await run("key", "--as", "friend");
  const grant = join(home, `${cid}.grant.json`);
  const to = ["--to", String(address), "--sealing-key", String(sealingKey), "--until", "30d", "--out", grant];
  const { grantHash } = await runAs("me", "grant", String(cid), ...to, ...options);
  return { cid: String(cid), grantHash: String(grantHash), grant };
}

describe("cortensor data", () => {
  it("keeps a file that its owner and a grantee read, and nobody else; none of it lies there in the clear", async () => {
    const { cid, grant } = await aGranted();
    await runAs("me", "get", cid, "--out", out);
    expect(await readFile(out, "utf8")).toBe(TEXT);
    await rm(out);
    await runAs("friend", "get", cid, "--grant", grant, "--out", out);
    expect(await readFile(out, "utf8")).toBe(TEXT);
    await rm(out);
    await expect(runAs("stranger", "get", cid, "--grant", grant, "--out", out)).rejects.toEqual(
      refusal("otherGrantee"),
    );
    await expect(runAs("stranger", "get", cid, "--out", out)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await expect(
      runAs(
        "friend",
        "grant",
        cid,
        "--to",
        `0x${"11".repeat(20)}`,
        "--sealing-key",
        `0x${"22".repeat(32)}`,
        "--until",
        "1d",
      ),
    ).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await rm(join(home, "notes.md"));
    const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    const all = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name))));
    expect(Buffer.concat(all).includes("Aller")).toBe(false);
  });

  it("opens nothing by a grant of a lower scope, one that was altered, or one that was revoked", async () => {
    const { cid, grant } = await aGranted("--scope", "search");
    const get = () => runAs("friend", "get", cid, "--grant", grant, "--out", out);
    await expect(get()).rejects.toEqual(refusal("scopeTooLow"));
    await writeFile(grant, (await readFile(grant, "utf8")).replace('"search"', '"read"'));
    await expect(get()).rejects.toEqual(refusal("wrongSigner"));
    await writeFile(grant, "{}");
    await expect(get()).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    const other = await aGranted();
    await runAs("me", "revoke", other.cid, other.grantHash);
    await expect(runAs("friend", "get", other.cid, "--grant", other.grant, "--out", out)).rejects.toEqual(
      refusal("revoked"),
    );
    await expect(runAs("friend", "revoke", other.cid, other.grantHash)).rejects.toMatchObject({
      code: "GRANT_BAD_REVOCATION",
    });
  });

  it("opens nothing by a grant that was revoked on chain, or whose object was, at a keeper too that heard of nothing else", async () => {
    const anvil = await startAnvil({ chainId: 31_337 });
    try {
      const place = { name: "test", chainId: 31_337, rpcUrls: [anvil.url], privateKey: anvilKey(0) };
      const profile = await deployNetwork({ ...place, epochSeconds: 30, save: () => undefined });
      await writeFile(network, formatProfile(profile));
      reach = [];
      const { address } = await contextIn(home).keystore({ mayGenerate: false }).open("me");
      await transferNative(createChainWriter({ profile, privateKey: anvilKey(0) }), { to: address, wei: 10n ** 18n });
      const [first, second] = [await aGranted(), await aGranted()];
      const elsewhere = join(home, "elsewhere");
      await cp(join(home, "keeper"), elsewhere, { recursive: true });
      const get = ({ cid, grant }: typeof first) =>
        runAs("friend", "get", cid, "--grant", grant, "--out", out, "--keeper", elsewhere);
      await get(second);
      await runAs("me", "revoke", second.cid, second.grantHash);
      await expect(get(second)).rejects.toEqual(refusal("revoked"));
      // Given again it changes nothing.
      await runAs("me", "revoke", second.cid, second.grantHash);
      await rm(out);
      await get(first);
      expect(await readFile(out, "utf8")).toBe(TEXT);

      await expect(runAs("me", "revoke", first.cid)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
      await expect(runAs("me", "revoke", first.cid, first.grantHash, "--all")).rejects.toMatchObject({
        code: "CLI_BAD_ARGUMENT",
      });
      await expect(runAs("friend", "revoke", first.cid, "--all")).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
      expect(await runAs("me", "revoke", first.cid, "--all")).toMatchObject({ grants: 2, onChain: true });
      expect(await runAs("me", "revoke", first.cid, "--all")).toMatchObject({ grants: 2, onChain: true });
      await expect(get(first)).rejects.toEqual(refusal("revoked"));
      const own = ["get", first.cid, "--out", out, "--keeper", elsewhere] as const;
      await expect(runAs("me", ...own)).rejects.toEqual(refusal("revoked"));
      await runAs("me", ...own, "--offline");
    } finally {
      await anvil.stop();
    }
  });

  it("shreds an object for all, with a record that grantees hold against their grants", async () => {
    const { cid, grant: sent } = await aGranted();
    const grant = join(home, "kept.json");
    await copyFile(sent, grant);
    const another = await aGranted();
    const record = join(home, "record.json");
    await expect(runAs("friend", "shred", cid, "--out", record)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    expect(await runAs("me", "shred", cid, "--out", record)).toMatchObject({
      grants: 2,
      isGone: true,
      wasPinned: true,
    });
    await expect(runAs("friend", "get", cid, "--grant", grant, "--out", out)).rejects.toMatchObject({
      code: "GRANT_REFUSED",
    });
    await expect(runAs("me", "get", cid, "--out", out)).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    const first = await readFile(record, "utf8");
    await rm(record);
    expect(await runAs("me", "shred", cid, "--out", record)).toMatchObject({ grants: 2, wasPinned: false });
    expect(await readFile(record, "utf8")).toBe(first);
    const verify = (...args: string[]) => run("verify", record, "--network", network, ...args);
    expect(await verify("--grant", grant)).toMatchObject({ cid, grants: 2, checked: 1 });
    await expect(verify("--grant", another.grant)).rejects.toMatchObject({
      data: { code: "CLI_SHRED_INVALID", fault: "otherObject" },
    });
    expect(await verify()).toMatchObject({ cid, grants: 2, checked: 0 });
    const signed = await readFile(record, "utf8");
    await writeFile(record, signed.replace(/"at": \d+/, '"at": 1'));
    await expect(verify()).rejects.toMatchObject({ data: { code: "CLI_SHRED_INVALID", fault: "wrongSigner" } });
  });
});
