#!/usr/bin/env node
// Compiles the contracts and writes their ABIs and bytecode as TypeScript into the chain room.
// `node contracts/generate.mjs` writes; `--check` compiles and fails when what is committed differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runForge } from "./forge.mjs";

const contracts = dirname(fileURLToPath(import.meta.url));
const generated = join(contracts, "../packages/chain/src/generated");

/** Contract → folder of its source below `src`. */
const CONTRACTS = {
  Attestations: "l2/guards",
  Beacons: "l2/guards",
  BondClaims: "l2",
  Cor: "l1",
  Duties: "l2/guards",
  DutyPay: "l2/guards",
  Evidence: "l2/guards",
  Grants: "l2",
  GuardSets: "l2/guards",
  LoopbackMessenger: "messaging",
  ArbChildMessenger: "messaging",
  ArbParentMessenger: "messaging",
  OpMessenger: "messaging",
  QuorumMessenger: "messaging",
  SameChainMessenger: "messaging",
  CorMeter: "messaging",
  FirstGuards: "messaging",
  LayerMaker: "messaging",
  Anchors: "l1",
  BlockReporter: "l1",
  CorVault: "l1",
  ExitVault: "l1",
  LastState: "l1",
  NetworkState: "l1",
  RegistryReporter: "l1",
  AnchorSender: "l2",
  BridgedCor: "l2",
  ParentBlocks: "l2",
  RegistryMirror: "l2",
  StakeMirror: "l2",
  Modules: "l1",
  NoCompliance: "l1",
  NoPause: "l1",
  NoRoyalty: "l2",
  NodeLevels: "l2",
  NodePool: "l2/nodes",
  NodeWeights: "l2/nodes",
  Onboarding: "onboarding",
  OnboardingTill: "onboarding",
  NetworkTasks: "l2/nodes",
  SessionQueue: "l2/queue",
  InferenceOracle: "l2/oracle",
  Juries: "l2/guards",
  Prekeys: "l2",
  PrivateNetwork: "l3",
  PrivatePayment: "l3",
  PrivateSessions: "l3",
  Rates: "l2",
  Registry: "l1",
  RouterBond: "l2",
  SessionPayment: "l2",
  Sessions: "l2",
  SolanaTill: "l2",
  SetChallenges: "l2",
  StakeSlasher: "l1",
  StakeVault: "l1",
  StakeView: "l2",
  TrialGuards: "trials",
  TrialPost: "trials",
  VerifierList: "l1",
  WorkRecords: "l2/guards",
  YesNoMarket: "examples",
};

/** The TypeScript module of one contract, from forge's artifact. */
function renderModule(name, artifact) {
  const prefix = name[0].toLowerCase() + name.slice(1);
  const bytecode = artifact.bytecode.object;
  if (!/^0x[0-9a-f]+$/.test(bytecode)) throw new Error(`${name} has no linked bytecode`);
  const items = artifact.abi.map((item) => `  ${JSON.stringify(item)},`).join("\n");
  return [
    `// Generated from contracts/src/${CONTRACTS[name]}/${name}.sol by contracts/generate.mjs. Do not edit.`,
    `export const ${prefix}Abi = [\n${items}\n] as const;`,
    `export const ${prefix}Bytecode = "${bytecode}" as const;\n`,
  ].join("\n");
}

function render() {
  const files = new Map();
  for (const name of Object.keys(CONTRACTS)) {
    const path = join(contracts, "out", `${name}.sol`, `${name}.json`);
    files.set(`${name}.ts`, renderModule(name, JSON.parse(readFileSync(path, "utf8"))));
  }
  return files;
}

/** Names of generated files that are missing, differ, or should not be there. */
function findStale(files) {
  const present = existsSync(generated) ? readdirSync(generated) : [];
  const differing = [...files].filter(([name, text]) => {
    const path = join(generated, name);
    return !existsSync(path) || readFileSync(path, "utf8") !== text;
  });
  return [...differing.map(([name]) => name), ...present.filter((name) => !files.has(name))];
}

const status = await runForge(["build", "contracts/src", "--quiet"]);
if (status !== 0) process.exit(status);
const files = render();
const stale = findStale(files);
if (process.argv.includes("--check")) {
  if (stale.length > 0)
    console.error(`Not what the contracts compile to: ${stale.join(", ")}. Run contracts/generate.mjs.`);
  else console.log(`${files.size} generated modules are what the contracts compile to.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(generated, { recursive: true });
  for (const name of stale) rmSync(join(generated, name), { force: true });
  for (const [name, text] of files) writeFileSync(join(generated, name), text);
  console.log(`Wrote ${stale.length} of ${files.size} generated modules.`);
}
