import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { addressOfPrivateKey } from "@cortensor/protocol";
import {
  createJsonRpc,
  deployOpChain,
  finaliseCall,
  findOutput,
  L2_MESSENGER,
  proveCall,
  readWithdrawals,
  startOpChain,
} from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { opMessengerAbi } from "../../packages/chain/dist/generated/OpMessenger.js";
import { anvilKey, startAnvil } from "../../tools/anvil/startAnvil.mjs";
import { deployTwoLayers, openAccounts } from "./twoLayers.mjs";

const L1_ID = 31_401;
const L2_ID = 31_402;
const [DEPLOYER, BATCHER, PROPOSER, CHALLENGER] = [0, 1, 2, 3].map(anvilKey);
/** Seconds that outputs and proofs wait here; seven days where it is for good. */
const WINDOW_SECONDS = 600;
const OUTPUT_BLOCKS = 2;
const TIMING = { roundMs: 40, postMs: 40, padMs: 40 };
const LOOK_MS = 20;
const ARRIVED_MS_MAX = 120_000;
const GIVEN_WEI = 10n ** 20n;

/** An L1 on an anvil, and above it an L2 by the OP Stack's own contracts, which its own messengers link. */
export async function openOpNetwork() {
  const anvil = await startAnvil({ chainId: L1_ID });
  const folder = mkdtempSync(path.join(tmpdir(), "cortensor-bench-layers-"));
  const ends = [anvil.stop, () => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of [...ends].reverse()) await end();
  };
  try {
    const { chain, running, failed } = await startRollup(anvil, folder);
    ends.push(() => running.stop());
    const chains = { l1: openAccounts(anvil), l2: openAccounts({ url: running.url, chainId: L2_ID }) };
    await giveCoins(chains, chain);
    const network = await deployTwoLayers({
      urls: { l1: anvil.url, l2: running.url },
      chainIds: { l1: L1_ID, l2: L2_ID },
      link: {
        messenger: "opStack",
        opStack: { parent: chain.contracts.l1CrossDomainMessenger, child: L2_MESSENGER },
      },
    });
    const link = new OpLink({ ...network, chains, chain, failed, urls: [anvil.url, running.url] });
    const facts = { windowSeconds: WINDOW_SECONDS, outputBlocks: OUTPUT_BLOCKS };
    return { name: "OP Stack", ...network, chains, close, facts, ...link.steps };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startRollup(anvil, folder) {
  const failed = [];
  const of = { parentRpcUrl: anvil.url, parentChainId: L1_ID, chainId: L2_ID, batchBytesMax: 124_000, depth: 0 };
  const chain = await deployOpChain({
    ...of,
    ...{ outputBlocks: OUTPUT_BLOCKS, finalizationSeconds: WINDOW_SECONDS, baseFeeWei: 1_000_000n },
    ...{ batcher: addressOfPrivateKey(BATCHER), proposer: addressOfPrivateKey(PROPOSER) },
    ...{ challenger: addressOfPrivateKey(CHALLENGER), deployerKey: DEPLOYER, clock: systemClock },
  });
  const running = await startOpChain({
    ...{ chain, parentRpcUrl: anvil.url, port: 0, folder, clock: systemClock, timing: TIMING },
    ...{ batcherKey: BATCHER, proposerKey: PROPOSER, onError: (error) => failed.push(error) },
  });
  return { chain, running, failed };
}

/** Who pays above has coins there by a deposit: what the portal is sent. */
async function giveCoins({ l1, l2 }, { contracts }) {
  for (const name of ["user", "guard", "relayer"]) {
    const { account } = l1[name].sender;
    await l1[name].sender.send({ call: "deposit", to: contracts.optimismPortal, value: GIVEN_WEI });
    await until(`coins of the ${name}`, async () => (await l2[name].client.getBalance({ address: account })) > 0n);
  }
}

/** Down, the sequencer carries; up, a relayer proves and finalises each call's message once the parent has an output and its window is over. */
class OpLink {
  #parts;
  /** Blocks that were looked into, on either chain. */
  #seen = { l1: 0n, l2: 0n };

  constructor(parts) {
    this.#parts = parts;
  }

  get steps() {
    return {
      carry: (from, _to, sent) => (from === "l1" ? this.#down() : this.#up(sent)),
      passTo: (seconds) => this.#passTo(seconds),
    };
  }

  async #down() {
    const sent = await this.#idsOf("l1", "Sent");
    const { client } = this.#parts.chains.l2.user;
    const hashes = new Set();
    await until("all to come down", async () => {
      const logs = await this.#logsOf("l2", "Delivered");
      const ours = logs.filter(({ args }) => sent.has(args.id));
      for (const { transactionHash } of ours) hashes.add(transactionHash);
      return ours.length === sent.size;
    });
    const receipts = await Promise.all([...hashes].map((hash) => client.getTransactionReceipt({ hash })));
    // The portal burnt the price of this on the parent, of whoever sent.
    const transactions = receipts.map(({ gasUsed }) => ({
      ...{ step: "executed below", payer: "burnt above, by the sender" },
      gas: Number(gasUsed),
    }));
    const last = receipts.reduce((most, { blockNumber }) => (blockNumber > most ? blockNumber : most), 0n);
    const { timestamp } = await client.getBlock({ blockNumber: last });
    return { transactions, messages: sent.size, arrivedAt: Number(timestamp) };
  }

  async #up(sent) {
    const { chains, chain, urls } = this.#parts;
    const [parentRpc, childRpc] = urls.map((url) => createJsonRpc(url));
    const { sender, now } = chains.l1.relayer;
    const ids = await this.#idsOf("l2", "Sent");
    const found = (await Promise.all(sent.map(({ txHash }) => readWithdrawals(childRpc, txHash)))).flat();
    const newest = Math.max(...found.map(({ blockNumber }) => blockNumber));
    let output;
    await until("an output", async () => {
      output = await findOutput(parentRpc, chain, newest);
      return output !== undefined;
    });
    const transactions = [];
    const call = async (step, data) => {
      const { gasUsed } = await sender.send({ call: step, to: chain.contracts.optimismPortal, data });
      transactions.push({ step, payer: "relayer", gas: Number(gasUsed) });
    };
    for (const withdrawal of found) await call("prove", await proveCall(childRpc, withdrawal, output));
    await this.#passTo((await now()) + WINDOW_SECONDS + 1);
    for (const withdrawal of found) await call("finalise", finaliseCall(withdrawal));
    const delivered = (await this.#logsOf("l1", "Delivered")).filter(({ args }) => ids.has(args.id));
    if (delivered.length !== ids.size) throw new Error(`${delivered.length} of ${ids.size} came up`);
    return { transactions, messages: ids.size, arrivedAt: await now() };
  }

  /** What an end sent since this was last asked. */
  async #idsOf(name, eventName) {
    const logs = await this.#logsOf(name, eventName, this.#seen[name] + 1n);
    this.#seen[name] = logs.reduce(
      (most, { blockNumber }) => (blockNumber > most ? blockNumber : most),
      this.#seen[name],
    );
    return new Set(logs.map(({ args }) => args.id));
  }

  #logsOf(name, eventName, fromBlock = 0n) {
    const { chains, at, failed } = this.#parts;
    if (failed.length > 0) throw failed[0];
    const { client } = chains[name].user;
    return client.getContractEvents({ address: at(name, "messenger"), abi: opMessengerAbi, eventName, fromBlock });
  }

  /** The parent's time is moved; the chain's follows with its next block. */
  async #passTo(toSeconds) {
    const { l1, l2 } = this.#parts.chains;
    await l1.user.pass({ toSeconds, blocks: 1 });
    const { account } = l2.user.sender;
    await until("the time above", async () => {
      if ((await l2.user.now()) >= toSeconds) return true;
      await l2.user.sender.send({ call: "wait", to: account });
      return false;
    });
  }
}

async function until(what, isIt) {
  const deadline = performance.now() + ARRIVED_MS_MAX;
  while (!(await isIt())) {
    if (performance.now() > deadline) throw new Error(`It didn't happen: ${what}`);
    await systemClock.sleep(LOOK_MS);
  }
}
