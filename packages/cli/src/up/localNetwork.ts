import { join } from "node:path";
import {
  addAssessor,
  addVerifier,
  type ChainWriter,
  createChainWriter,
  readIsAssessor,
  readIsProvedClass,
  readIsVerifier,
  setProvedClass,
} from "@cortensor/chain";
import { type Address, isBytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { createCortensor } from "@cortensor/sdk";
import { CliError } from "../cliError.js";
import { countOf } from "../countOf.js";
import { ensureRegistered, ensureStake } from "../enrolNode.js";
import { fillUp } from "../faucet.js";
import { type HomeState, readHomeState, writeHomeState } from "../home/homeState.js";
import { isWildcard } from "./chainChild.js";
import { choosePorts, type Ports, toRemembered } from "./choosePorts.js";
import { type KeepPostgresParts, type KeptPostgres, keepPostgres } from "./keepPostgres.js";
import { ensureApiKey, ensureToken, LOOK_MS } from "./localAccess.js";
import { LOCAL_AMOUNTS } from "./localAmounts.js";
import { type LocalParts, startMinerChildren, startRouterChild } from "./localChildren.js";
import { type LocalGround, type LocalPlace, type LocalProfile, startLocalGround } from "./localGround.js";
import { startLocalGuards } from "./localGuards.js";
import { type LocalKeys, openLocalKeys } from "./localKeys.js";
import { ensureLocalRate, keepLocalRate } from "./localRate.js";
import { ensureLocalSession } from "./localSession.js";
import type { SupervisedChild } from "./superviseChild.js";

export type LocalNetwork = {
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
  readonly account: number;
  readonly rpcUrl: string;
  readonly kind: LocalProfile;
  /** Where each chain is that is up already. */
  readonly places: readonly LocalPlace[];
  /** Settles, with where all chains are, when every miner, guard and layer that was asked for is there. */
  readonly complete: Promise<readonly LocalPlace[]>;
};

type Parts = LocalParts;

/**
 * Brings a whole network up on this machine: chain, contracts, Postgres, router, miners, a paid session and an API key. What an earlier
 * start left is used again. Everything it starts is ended by the context's shutdown, and dies with this process.
 */
export async function startLocalNetwork(parts: Parts): Promise<LocalNetwork> {
  const { context, clock, options } = parts;
  const { paths, output, shutdown } = context;
  let state = await readHomeState(paths.state);
  const remember = async (next: Partial<HomeState>) => {
    state = { ...state, ...next };
    await writeHomeState(paths.state, state);
  };
  const kind = kindOf(parts, state);
  const asked = { output, host: options.host, given: options.ports, profile: kind };
  const ports = await choosePorts(state.ports, asked);
  await remember({ ports: toRemembered(ports), profile: kind });
  // Whatever doesn't wait for another starts at once.
  const keysOpened = owned(openLocalKeys(context.keystore({ mayGenerate: true }), options.miners));
  let router: SupervisedChild | undefined;
  const onMoved = (moved: Pick<KeptPostgres, "url" | "port">) => {
    router?.startAgain({ ROUTER_DATABASE_URL: moved.url });
    void remember({ ports: toRemembered({ ...ports, postgres: moved.port }) });
  };
  const place = { generation: state.generation, port: ports.postgres, onMoved };
  const firstPostgres = owned(openPostgres(parts, place));
  const adminToken = await ensureToken(paths.adminToken, "admin");
  const auditorToken = await ensureToken(paths.auditorToken, "auditor");
  const ground = await startLocalGround(parts, kind, ports);
  const { profile, isNew, isReset, faucet } = ground;
  if (isReset) {
    output.warn(
      "chain.reset",
      "The chain is a new one: earlier sessions and receipts stay behind in the old data folder",
    );
    await remember({ generation: state.generation + 1 });
  }
  const keys = await keysOpened;
  const account = await enrol(parts, { ground, keys, ports, account: isNew ? undefined : state.account });
  await remember({ account });
  const rate = keepLocalRate({
    poster: faucet,
    clock,
    signal: shutdown.signal,
    onError: () => output.warn("rate.unposted", "The rate of COR to LLM tokens could not be posted"),
  });
  shutdown.add("rate", () => rate);
  const miners = startMinerChildren(parts, { keys, ports, dataFolder: paths.data(state.generation) });
  const first = await firstPostgres;
  const postgres = isReset ? await replacePostgres(parts, first, { ...place, generation: state.generation }) : first;
  await remember({ ports: toRemembered({ ...ports, postgres: postgres.port }) });
  const { routerEnv: env } = ground;
  router = startRouterChild(parts, { keys, ports, databaseUrl: postgres.url, adminToken, auditorToken, account, env });
  await router.ready;
  const url = `http://${isWildcard(options.host) ? "127.0.0.1" : options.host}:${ports.http}`;
  await remember({ url });
  output.progress("router.ready", `Router is ready on ${url}`, { url });
  const apiKey = await ensureApiKey({ url, adminToken, account, file: paths.apiKey, clock, signal: shutdown.signal });
  const model = await awaitModel({ url, clock, signal: shutdown.signal, miners });
  const complete = owned(startBehind(parts, { ground, miners, dataFolder: paths.data(state.generation) }));
  const [rpcUrl = ""] = profile.rpcUrls;
  return { url, apiKey, model, account, rpcUrl, kind, places: ground.places, complete };
}

/** What the first answer doesn't wait for. Resolves to where all chains are. */
async function startBehind(
  parts: Parts,
  of: { readonly ground: LocalGround; readonly miners: readonly SupervisedChild[]; readonly dataFolder: string },
): Promise<readonly LocalPlace[]> {
  const { ground, miners, dataFolder } = of;
  const guards = ground.startRest().then(async ({ places, guardEnv }) => {
    await startLocalGuards(parts, { ground, dataFolder, env: guardEnv });
    return places;
  });
  const [places] = await Promise.all([guards, awaitMiners(parts, { miners, faucet: ground.faucet })]);
  return [...ground.places, ...places, ...(await ground.finish())];
}

/** A home keeps the profile that it was made with. One from before there were two is on one chain. */
function kindOf({ options, context }: Parts, { profile, account }: HomeState): LocalProfile {
  const kept = profile ?? (account === undefined ? undefined : "single");
  if (kept === undefined || options.profile === undefined || options.profile === kept)
    return kept ?? options.profile ?? "local";
  const expected = `${kept}, as the network in ${context.paths.home} is; choose another --home for one of profile ${options.profile}`;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--profile", expected });
}

type PostgresPlace = Pick<KeepPostgresParts, "port" | "onMoved"> & { readonly generation: number };

async function openPostgres(
  { context, clock, random }: Parts,
  { generation, port, onMoved }: PostgresPlace,
): Promise<KeptPostgres> {
  const { output, shutdown, paths } = context;
  const folder = join(paths.data(generation), "postgres");
  output.progress("postgres.starting", "Starting Postgres");
  const postgres = await keepPostgres({ folder, port, output, log: context.log("postgres"), clock, random, onMoved });
  shutdown.add("Postgres", () => postgres.stop());
  output.progress("postgres.ready", `Postgres is ready on port ${postgres.port}`, { port: postgres.port });
  return postgres;
}

/** The database of a chain that is gone makes room for that of the new one. */
async function replacePostgres(parts: Parts, old: KeptPostgres, place: PostgresPlace): Promise<KeptPostgres> {
  await old.stop();
  return openPostgres(parts, { ...place, port: old.port });
}

/** A promise that is awaited later: until then its rejection is nobody's, and no crash. */
function owned<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

/** Funds everyone, registers the router with stake and bond, makes it a verifier, stakes the miners, and opens the session. */
async function enrol(
  { context }: Parts,
  parts: {
    readonly ground: LocalGround;
    readonly keys: LocalKeys;
    readonly ports: Ports;
    readonly account: number | undefined;
  },
): Promise<number> {
  const { ground, keys } = parts;
  const { profile, faucet } = ground;
  const { output } = context;
  const { minerStakeWei, routerBondWei, routerStakeWei } = LOCAL_AMOUNTS;
  if (parts.account === undefined) {
    await fundAll(faucet, keys);
    output.progress("accounts.funded", "Accounts are funded");
  }
  const operatorChain = createChainWriter({ profile, privateKey: keys.operator.key.expose() });
  const enrolMiners = keys.miners.map(async ({ operator, signer }) => {
    await fillUp(faucet, { to: operator.address, homeCorWei: 0n });
    // Signs of life are its own transactions.
    await fillUp(faucet, { to: signer.address, corWei: 0n });
    const chain = createChainWriter({ profile, privateKey: operator.key.expose() });
    await ensureStake(chain, { stakeWei: minerStakeWei });
  });
  const endpoint = `http://127.0.0.1:${parts.ports.http}`;
  await Promise.all([
    ensureRegistered(operatorChain, { signerKey: keys.router.key, registration: { role: "router", endpoint } }),
    ensureStake(operatorChain, { stakeWei: routerStakeWei, bondWei: routerBondWei }),
    ensureVerifier(faucet, keys.router.address),
    ensureAssessor(faucet, keys.operator.address),
    ensureLocalRate(faucet),
  ]);
  const session = await ensureLocalSession(operatorChain, { account: parts.account, spending: keys.spending.address });
  await Promise.all(enrolMiners);
  output.progress(
    "nodes.registered",
    `The router is registered, a verifier, staked and bonded; ${countOf(keys.miners.length, "miner")} staked`,
  );
  const said = session.isNew ? "is open" : "is there already";
  output.progress("session.ready", `Session ${session.account} ${said}`, { account: session.account });
  return session.account;
}

/** What each needs, on the chain where it is paid: stake at home, bonds and deposits where sessions are. */
async function fundAll(faucet: ChainWriter, keys: LocalKeys): Promise<void> {
  const { depositWei, minerStakeWei, routerBondWei, routerStakeWei, creditsWei } = LOCAL_AMOUNTS;
  await Promise.all([
    fillUp(faucet, { to: keys.operator.address, corWei: depositWei + routerBondWei, homeCorWei: routerStakeWei }),
    // It verifies miners at home.
    fillUp(faucet, { to: keys.router.address, corWei: creditsWei, homeCorWei: 0n }),
    ...keys.miners.map(({ operator }) => fillUp(faucet, { to: operator.address, homeCorWei: minerStakeWei })),
    // A miner's own steps in the session queue cost gas.
    ...keys.miners.map(({ signer }) => fillUp(faucet, { to: signer.address, corWei: 0n })),
  ]);
}

/** The network's owner, which the faucet is, names the operator an assessor: levels are 0 until it says otherwise. */
async function ensureAssessor(owner: ChainWriter, operator: Address): Promise<void> {
  if (!(await readIsAssessor(owner, operator))) await addAssessor(owner, operator);
}

/** The faucet deployed the contracts, and so owns the list. */
async function ensureVerifier(faucet: ChainWriter, router: Address): Promise<void> {
  if (!(await readIsVerifier(faucet, router))) await addVerifier(faucet, router);
}

/** Says of the miners' kernel classes that they can be proved, as the network's owner: else its nodes' levels end at 3. */
async function awaitMiners(
  { context }: Parts,
  { miners, faucet: owner }: { readonly miners: readonly SupervisedChild[]; readonly faucet: ChainWriter },
): Promise<void> {
  const classes = await Promise.all(
    miners.map(async (miner) => {
      const { address, provedClass } = await miner.ready;
      const { name } = miner;
      context.output.progress("miner.ready", `${name} is ready (${address})`, { name, address });
      return isBytes32(provedClass) ? provedClass : undefined;
    }),
  );
  for (const kernelClass of new Set(classes)) {
    if (kernelClass === undefined || (await readIsProvedClass(owner, kernelClass))) continue;
    await setProvedClass(owner, kernelClass);
  }
}

/** Waits for the first verified miner on the router, or for a miner's failure to start. */
async function awaitModel(parts: {
  readonly url: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly miners: readonly SupervisedChild[];
}): Promise<string> {
  const { url, clock, signal, miners } = parts;
  const client = createCortensor({ baseUrl: url });
  const look = async (): Promise<string> => {
    for (;;) {
      const first = (await client.models({ signal })).find(({ miners: verified }) => verified > 0);
      if (first !== undefined) return first.id;
      await clock.sleep(LOOK_MS, signal);
    }
  };
  const anyFailed = Promise.all(miners.map((miner) => miner.ready)).then(() => new Promise<never>(() => undefined));
  return Promise.race([look(), anyFailed]);
}
