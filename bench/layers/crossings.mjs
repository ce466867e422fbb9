import { crossingCost } from "./figures.mjs";
import { ANCHOR, allowVaults, CROSSINGS, fixGuard } from "./messages.mjs";

import { openOpNetwork } from "./opNetwork.mjs";
import { openQuorumNetwork } from "./quorumNetwork.mjs";

/** How many cross at once beside one alone. */
const BATCH = Number(process.env.BENCH_BATCH ?? 8);
/** Who pays for the calls by which each is sent; users where nothing is said. */
const SENDERS = { "anchored root": "guard" };

/** Gas, delay and who pays where each kind of message crosses between an L1 and an L2, over each link. */
export async function measureCrossings() {
  const figures = [];
  for (const open of [openQuorumNetwork, openOpNetwork]) {
    const network = await openForUse(open);
    try {
      figures.push(...(await measureLink(network, [1, BATCH])));
    } finally {
      await network.close();
    }
  }
  return figures;
}

async function measureLink(network, counts) {
  const figures = [];
  for (const crossing of CROSSINGS) {
    for (const cost of await crossAgain(network, crossing, counts)) figures.push(figureOf(network, cost));
  }
  const guarded = { ...network, guard: await fixGuard(network) };
  for (const cost of await crossAgain(guarded, ANCHOR, counts)) figures.push(figureOf(network, cost));
  return figures;
}

/** A network whose vaults take what its user gives, and which carries what is sent. */
export async function openForUse(open) {
  const opened = await open();
  try {
    const network = {
      ...opened,
      user: opened.chains.l1.user.sender.account,
      sendAndCarry: async (from, to, send) => opened.carry(from, to, await send()),
    };
    await allowVaults(network);
    return network;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** As `cross`, where the same was carried before: storage that only the first of all writes anew isn't in its figures. */
export async function crossAgain(network, crossing, counts) {
  await cross(network, crossing, 1);
  const costs = [];
  for (const count of counts) costs.push(await cross(network, crossing, count));
  return costs;
}

/** Sends so many, and carries them. */
async function cross(network, crossing, count) {
  const ready = await crossing.ready?.(network, count);
  await network.prepare?.();
  const sent = await crossing.send(network, count, ready);
  const { client } = network.chains[crossing.from].user;
  const [first] = sent;
  const { timestamp } = await client.getBlock({ blockNumber: first.blockNumber });
  const { transactions, messages, arrivedAt } = await network.carry(crossing.from, crossing.to, sent);
  const expected = crossing.messagesOf?.(count) ?? count;
  if (messages !== expected) throw new Error(`${crossing.text}: ${messages} messages crossed, not ${expected}`);
  const sending = sent.map(({ gasUsed }) => ({
    step: "send",
    payer: SENDERS[crossing.text] ?? "user",
    gas: Number(gasUsed),
  }));
  const cost = crossingCost([...sending, ...transactions], count);
  return { text: crossing.text, count, delaySeconds: arrivedAt - Number(timestamp), ...cost };
}

function figureOf({ name, facts }, { text, count, gas, delaySeconds, steps, payers }) {
  const what = { text: `${text}, ${name}, ${count} at once`, delaySeconds, payers, steps, ...facts };
  return { metric: "crossing", value: gas, unit: "gas a message", ...what };
}
