import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type ChainWriter,
  connectSolana,
  openVault,
  parseSolanaKey,
  SOLANA_TILL,
  SolanaError,
  type SolanaVault,
  transferCor,
} from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import { z } from "zod";
import { makeKeypair, readKeypair } from "../../solana/keypairFile.js";
import { ENTRY, type LocalParts } from "../localChildren.js";
import type { LocalPlace } from "../localGround.js";
import { superviseChild } from "../superviseChild.js";

const COR = 10n ** 18n;
/** What the till may credit in all until somebody refills it, and within a day. */
const RESERVE_WEI = 100_000n * COR;
const CAP_WEI = 10_000n * COR;
const DAY_SECONDS = 86_400n;
/** Between two looks whether the vault is final: it is after 13 seconds. */
const LOOK_MS = 500;

const said = z.object({ url: z.string(), genesisHash: z.string(), vault: z.string() });

export type SolanaLeg = {
  readonly place: LocalPlace;
  /** What guards are told, so that they attest deposits. */
  readonly guardEnv: Readonly<Record<string, string>>;
};

/** A Solana cluster of one, a vault on it, and a till on the L2 that credits what guards attest. Each start is another cluster, and has another till. */
export async function startSolanaLeg(
  parts: LocalParts,
  { faucet, port }: { readonly faucet: ChainWriter; readonly port: number },
): Promise<SolanaLeg> {
  const { context } = parts;
  const { output, paths } = context;
  output.progress("svm.starting", "Starting the SVM", { layer: "solana" });
  const keeper = await ensureKeypair(join(paths.home, "solana", "keeper.json"));
  const clientFile = join(paths.home, "solana", "client.json");
  const client = await ensureKeypair(clientFile);
  const { url, genesisHash, vault: vaultKey } = await startChild(parts, { port, keeper, client });
  const vault = await untilFinal(parts, { faucet, url, vault: vaultKey });
  const till = await deployTill(faucet, vault);
  await transferCor(faucet, { to: till, wei: RESERVE_WEI });
  const said = `Solana answers on ${url}; its vault is ${vaultKey}, its till on the L2 ${till}`;
  output.progress("svm.ready", said, { url, genesisHash, vault: vaultKey, till, keypair: clientFile });
  const guardEnv = { GUARD_SOLANA_RPC: url, GUARD_SOLANA_VAULT: vaultKey, GUARD_SOLANA_GENESIS: genesisHash };
  const what = `SVM without consensus: vault ${vaultKey}, till ${till}`;
  return {
    place: { layer: "Solana", url, what, solana: { vault: vaultKey, till, genesisHash, keypair: clientFile } },
    guardEnv,
  };
}

async function startChild(
  { context, clock, random }: LocalParts,
  { port, keeper, client }: { readonly port: number; readonly keeper: string; readonly client: string },
): Promise<z.output<typeof said>> {
  const { output, shutdown, paths } = context;
  const serve = ["svm", "serve", "--port", String(port), "--airdrops", "--gift", client, "--vault", keeper];
  const spec = {
    name: "solana",
    entry: ENTRY,
    args: ["--home", paths.home, ...serve],
    env: process.env,
    logFile: join(paths.logs, "solana.log"),
  };
  const child = superviseChild(spec, { output, clock, random });
  shutdown.add("solana", () => child.stop());
  return said.parse(await child.ready);
}

/** What stands there counts for readers when it is final. */
async function untilFinal(
  { context, clock }: LocalParts,
  of: { readonly faucet: ChainWriter; readonly url: string; readonly vault: string },
): Promise<SolanaVault> {
  const { chainId, addresses } = of.faucet.profile;
  const place = { vault: parseSolanaKey(of.vault), chainId, network: addresses.sessionPayment };
  const cluster = await connectSolana({ url: of.url });
  for (;;) {
    try {
      return await openVault(cluster, place);
    } catch (error) {
      if (!(error instanceof SolanaError && error.data.code === "SOLANA_BAD_VAULT")) throw error;
    }
    await clock.sleep(LOOK_MS, context.shutdown.signal);
  }
}

async function deployTill(faucet: ChainWriter, vault: SolanaVault): Promise<Address> {
  const { sessionPayment: payment, attestations, pause } = faucet.profile.addresses;
  const { genesisHash, mint, decimals } = vault;
  const terms = {
    ...{ payment, attestations, pause, keeper: faucet.account, genesisHash, vault: vault.vault, mint, decimals },
    ...{ capWei: CAP_WEI, windowSeconds: DAY_SECONDS, noticeSeconds: DAY_SECONDS },
  };
  const sent = await faucet.send({ call: "SolanaTill", data: encodeDeployData({ ...SOLANA_TILL, args: [terms] }) });
  if (sent.contractAddress === undefined) throw new RangeError("a creation has an address");
  return sent.contractAddress;
}

async function ensureKeypair(file: string): Promise<string> {
  if (existsSync(file)) return (await readKeypair(file)).address;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return (await makeKeypair(file)).address;
}
