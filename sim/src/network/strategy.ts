/** What a miner knows of itself when it decides. */
export type MinerView = {
  /** Tasks it has delivered under this name. */
  readonly delivered: number;
  readonly reputationPpm: number;
};

/** How a miner behaves. Checkers know nothing of it. */
export type Strategy = {
  readonly name: string;
  /** What it does instead of honest work: a cheat that was measured. Absent for an honest miner. */
  readonly cheat?: string;
  /** Whether it cheats on its next task; `random` gives numbers in [0, 1). */
  readonly cheats: (view: MinerView, random: () => number) => boolean;
  /** Comes back under a new name, with a new stake, when a slash has left it too little to work with. */
  readonly isReentering?: true;
};

export const HONEST: Strategy = { name: "honest", cheats: () => false };

export function always(cheat: string): Strategy {
  return { name: `always: ${cheat}`, cheat, cheats: () => true };
}

/** Cheats on a share of its tasks, from the first on. */
export function mix(cheat: string, share: number): Strategy {
  return { name: `one in ${Math.round(1 / share)}: ${cheat}`, cheat, cheats: (_, random) => random() < share };
}

/** Works honestly until checks of it have become rare, then cheats on everything. */
export function trustThenCheat(cheat: string, fromPpm = 850_000): Strategy {
  return {
    name: `trust, then ${cheat}`,
    cheat,
    cheats: (view) => view.delivered >= 100 && view.reputationPpm >= fromPpm,
  };
}

/** Trust, then cheat, and a new name after each slash. */
export function whitewash(cheat: string): Strategy {
  return { ...trustThenCheat(cheat), name: `new names: ${cheat}`, isReentering: true };
}
