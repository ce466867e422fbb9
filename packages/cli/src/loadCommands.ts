import type { Command } from "commander";
import type { Act } from "./main.js";

/** Adds one command to the program. */
export type AddCommand = (program: Command, act: Act) => void;

/** One module per command, loaded when it is asked for: a question shouldn't wait for an engine's code, nor a miner for a web server's. */
const COMMANDS = {
  up: async () => (await import("./commands/up.js")).addUp,
  deploy: async () => (await import("./commands/deploy.js")).addDeploy,
  network: async () => (await import("./commands/network.js")).addNetwork,
  router: async () => (await import("./commands/router.js")).addRouter,
  front: async () => (await import("./commands/front.js")).addFront,
  miner: async () => (await import("./commands/miner.js")).addMiner,
  epochs: async () => (await import("./commands/epochs.js")).addEpochs,
  guard: async () => (await import("./commands/guard.js")).addGuard,
  queue: async () => (await import("./commands/queue.js")).addQueue,
  oracle: async () => (await import("./commands/oracle.js")).addOracle,
  chat: async () => (await import("./commands/chat.js")).addChat,
  proxy: async () => (await import("./commands/proxy.js")).addProxy,
  quote: async () => (await import("./commands/quote.js")).addQuote,
  session: async () => (await import("./commands/session.js")).addSession,
  onboard: async () => (await import("./commands/onboard.js")).addOnboard,
  key: async () => (await import("./commands/key.js")).addKey,
  calibrate: async () => (await import("./commands/calibrate.js")).addCalibrate,
  distances: async () => (await import("./commands/distances.js")).addDistances,
  check: async () => (await import("./commands/check.js")).addCheck,
  judge: async () => (await import("./commands/judge.js")).addJudge,
  planter: async () => (await import("./commands/planter.js")).addPlanter,
  adversary: async () => (await import("./commands/adversary.js")).addAdversary,
  anchor: async () => (await import("./commands/anchor.js")).addAnchor,
  audit: async () => (await import("./commands/audit.js")).addAudit,
  content: async () => (await import("./commands/content.js")).addContent,
  data: async () => (await import("./commands/data.js")).addData,
  receipt: async () => (await import("./commands/receipt.js")).addReceipt,
  stake: async () => (await import("./commands/stake.js")).addStake,
  node: async () => (await import("./commands/node.js")).addNode,
  claim: async () => (await import("./commands/claim.js")).addClaim,
  challenge: async () => (await import("./commands/challenge.js")).addChallenge,
  duties: async () => (await import("./commands/duties.js")).addDuties,
  dispute: async () => (await import("./commands/dispute.js")).addDispute,
  withdraw: async () => (await import("./commands/withdraw.js")).addWithdraw,
  faucet: async () => (await import("./commands/faucet.js")).addFaucet,
  status: async () => (await import("./commands/status.js")).addStatus,
  doctor: async () => (await import("./commands/doctor.js")).addDoctor,
  sink: async () => (await import("./commands/sink.js")).addSink,
  deposit: async () => (await import("./commands/deposit.js")).addDeposit,
  relay: async () => (await import("./commands/relay.js")).addRelay,
  messenger: async () => (await import("./commands/messenger.js")).addMessenger,
  svm: async () => (await import("./commands/svm.js")).addSvm,
  task: async () => (await import("./commands/task.js")).addTask,
  rollup: async () => (await import("./commands/rollup.js")).addRollup,
  chain: async () => (await import("./commands/chain.js")).addChain,
} as const satisfies Readonly<Record<string, () => Promise<AddCommand>>>;

export type CommandName = keyof typeof COMMANDS;

/** The one command that the arguments name; all of them when they name none, for the help. */
export function commandsToLoad(args: readonly string[]): readonly CommandName[] {
  const named = args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--home");
  return isCommand(named) ? [named] : Object.keys(COMMANDS).filter(isCommand);
}

export function loadCommands(names: readonly CommandName[]): Promise<readonly AddCommand[]> {
  return Promise.all(names.map((name) => COMMANDS[name]()));
}

function isCommand(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}
