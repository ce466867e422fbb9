import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anchorsAbi, anchorsBytecode } from "@cortensor/chain";
import { type AnchorProof, anchorProof, anchorTree, epochRoot, setEntryId, ZERO_BYTES32 } from "@cortensor/protocol";
import { createWalletClient, encodeAbiParameters, http, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { runInHome } from "./runInHome.js";

const TASK = `0x${"7a".repeat(32)}` as const;
const RESULTS = `0x${"ab".repeat(32)}` as const;
const OTHER = `0x${"0c".repeat(32)}` as const;

let anvil: RunningAnvil;
let home: string;
let profile: string;
let proof: AnchorProof;

/** An L1 with one anchor, whose messenger is an account: what came over a link is another test's. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-anchor-"));
  anvil = await startAnvil({ chainId: 31_401 });
  const account = privateKeyToAccount(anvilKey(0));
  const wallet = createWalletClient({ account, transport: http(anvil.url) }).extend(publicActions);
  const args = [account.address, 31_402n, account.address] as const;
  const hash = await wallet.deployContract({ abi: anchorsAbi, bytecode: anchorsBytecode, args, chain: null });
  const { contractAddress } = await wallet.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("nothing was deployed");

  const of = {
    kind: "results",
    leaves: [TASK, OTHER].map((task) => ({ id: setEntryId(task), resultsHash: RESULTS })),
  } as const;
  const root = epochRoot({ subjectChainId: 31_402, fromEpoch: 4, epoch: 4 }, of);
  const tree = anchorTree([{ subjectChainId: 31_402, kind: "results", epoch: 4, root: root.root }]);
  proof = anchorProof(of, { root, index: 0, anchor: 1, anchorPath: tree.pathOf(0) });
  const words = ["uint64", "bytes32", "uint64", "uint64", "bytes32"].map((type) => ({ type }));
  const body = encodeAbiParameters(words, [1n, tree.root, 5n, 0n, ZERO_BYTES32]);
  const message = [31_402n, account.address, ZERO_BYTES32, body] as const;
  const call = { address: contractAddress, abi: anchorsAbi, functionName: "onMessage", args: message } as const;
  const sent = await wallet.writeContract({ ...call, chain: null });
  await wallet.waitForTransactionReceipt({ hash: sent });

  const shipped = JSON.parse(await readFile(new URL("../../../networks/local.json", import.meta.url), "utf8"));
  shipped.chains.l1.rpcUrls = [anvil.url];
  const anchors = contractAddress.toLowerCase();
  shipped.deployed = { l1: { t0: 0, deployBlock: "0", addresses: { anchors }, codeHashes: {} } };
  profile = await write("my.json", shipped);
});
afterAll(async () => {
  await anvil?.stop();
  await rm(home, { recursive: true, force: true });
});

async function write(name: string, content: unknown): Promise<string> {
  const file = join(home, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

const verify = async (given: unknown, named = profile) =>
  runInHome(home, ["anchor", "verify", await write("proof.json", given), "--profile", named]);

it("says of a record that stands in an anchor on the L1 what it is of", async () => {
  expect(await verify(proof)).toMatchObject({
    ...{ event: "result", valid: true, kind: "results", epoch: 4, anchor: 1, subjectChainId: 31_402 },
  });
});

it("refuses a changed history, an anchor that isn't there, and what is no proof", async () => {
  const { parts } = proof;
  const refused = { data: { code: "CLI_NOT_ANCHORED" } };
  await expect(verify({ ...proof, parts: { ...parts, epoch: 5 } })).rejects.toMatchObject(refused);
  await expect(verify({ ...proof, leaf: `${proof.leaf.slice(0, -2)}00` })).rejects.toMatchObject(refused);
  await expect(verify({ ...proof, anchor: 2 })).rejects.toMatchObject(refused);
  await expect(verify({ leaf: "0x" })).rejects.toMatchObject({ data: { code: "CLI_BAD_FILE" } });
  await expect(verify(proof, "single")).rejects.toMatchObject({ data: { code: "CHAIN_INCOMPLETE" } });
});
