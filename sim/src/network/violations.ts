import type { World } from "./world.js";

/** What must hold when all has ended, and doesn't. The chain's own refusals come first. */
export function violationsOf(world: World): readonly string[] {
  const found = [...world.chain.violations];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const held = sum(world.accounts.map(({ depositWei, settledWei }) => depositWei - settledWei));
  const staked = sum([...world.miners, ...world.validators].map(({ stakeWei }) => stakeWei));
  const { chain } = world;
  const elsewhere =
    sum([...chain.credits.values()]) + chain.operatorWei + chain.finderWei + chain.harmedWei + chain.burnedWei;
  expect(held + staked + elsewhere === world.mintedWei, `${held + staked + elsewhere} wei of ${world.mintedWei}`);
  const slashed =
    sum(world.miners.map(({ tally }) => tally.slashedWei)) + sum(world.validators.map((one) => one.slashedWei));
  expect(slashed === chain.slashedWei, `${chain.slashedWei} wei slashed, ${slashed} of somebody`);
  for (const account of world.accounts) {
    expect(account.heldWei === 0n, `account ${account.index} still holds ${account.heldWei}`);
    expect(
      account.spentWei === account.settledWei,
      `account ${account.index} spent ${account.spentWei}, settled ${account.settledWei}`,
    );
  }
  const harmed = sum(world.accounts.map(({ harmedWei }) => harmedWei));
  expect(harmed === chain.harmedWei, "what the harmed have isn't what the chain gave");
  for (const miner of world.miners) {
    expect(miner.stakeWei >= 0n, `miner ${miner.index} has less than nothing at stake`);
    const isIdle = miner.tasks === 0 && miner.ownTasks === 0 && miner.inFlightWei === 0n && miner.tokensAhead === 0;
    expect(isIdle, `miner ${miner.index} still has work`);
  }
  let settled = 0;
  for (const task of world.tasks) {
    expect(task.end !== undefined, `task ${task.index} never ended`);
    expect(task.openAudits === 0, `task ${task.index} has an audit that never ended`);
    expect(task.fee !== "due", `task ${task.index} was never settled`);
    if (task.fee === "settled") settled += 1;
  }
  expect(settled === chain.settledTasks, `${chain.settledTasks} tasks settled on chain, ${settled} here`);
  const { honestSlashed, honestWithheld } = world.counts;
  if (world.config.replayErrors === 0) expect(honestSlashed + honestWithheld === 0, "honest work was punished");
  return found;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
