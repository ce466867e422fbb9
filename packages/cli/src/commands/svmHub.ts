import {
  buildMakeHub,
  connectSolana,
  createChainReader,
  hexToSolanaKey,
  hubAddress,
  hubGuards,
  parseSolanaKey,
  readGuardSet,
  readHead,
  sendSolana,
  solanaKeyToHex,
} from "@cortensor/chain";
import { domainSeparator, guardsDomain, SOLANA_SHARES_BPS_MAX, solanaHubId } from "@cortensor/protocol";
import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { wholeNumber } from "../parseArgument.js";
import { readKeypair } from "../solana/keypairFile.js";
import { untilConfirmed } from "../solana/untilConfirmed.js";

type HubOptions = {
  readonly rpc: string;
  readonly program: string;
  readonly keypair: string;
  readonly mint: string;
  readonly treasury: string;
  readonly routerBps: number;
  readonly networkBps: number;
  readonly network?: string;
};

/** `cortensor svm hub`: makes a network's hub for tasks over Solana. */
export function addSvmHub(svm: Command, act: Act): void {
  svm
    .command("hub")
    .description(
      "Make a network's hub for tasks over Solana, with the guards of its epoch that runs. Whoever makes it has no say over it later.",
    )
    .requiredOption("--rpc <url>", "a Solana RPC")
    .requiredOption("--program <address>", "the program that holds tasks")
    .requiredOption("--keypair <file>", "the Solana key that pays, and names the hub")
    .requiredOption("--mint <address>", "the mint of COR there")
    .requiredOption("--treasury <address>", "whose associated token account takes the network's share")
    .option(
      "--router-bps <bps>",
      "the router's share of fees, in ten-thousandths",
      wholeNumber(0, SOLANA_SHARES_BPS_MAX),
      0,
    )
    .option("--network-bps <bps>", "the network's share of fees", wholeNumber(0, SOLANA_SHARES_BPS_MAX), 0)
    .option("--network <file|url>", "the network's profile (default: the one in --home)")
    .action((options: HubOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { profile } = await findNetwork(context, options.network);
        const reader = createChainReader({ profile });
        const { timestamp } = await readHead(reader);
        const epoch = Math.floor((timestamp - profile.t0) / profile.epochSeconds);
        const set = hubGuards(await readGuardSet(reader, epoch));
        const cluster = await connectSolana({ url: options.rpc });
        const maker = await readKeypair(options.keypair);
        const read = (text: string) => hexToSolanaKey(parseSolanaKey(text));
        const [program, mint, treasury] = [read(options.program), read(options.mint), read(options.treasury)] as const;
        const hub = await hubAddress(program, maker.address);
        const domain = domainSeparator(
          guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations }),
        );
        const subject = solanaHubId(cluster.genesisHash, solanaKeyToHex(hub));
        const shares = { routerBps: options.routerBps, networkBps: options.networkBps };
        const making = { program, maker, mint, treasury, domain, subject, shares, set };
        const sent = await sendSolana(cluster, { payer: maker, instructions: [await buildMakeHub(making)] });
        await untilConfirmed(cluster, sent, context.shutdown.signal);
        context.output.result([`The hub is ${hub}: ${set.members.length} guards of epoch ${set.epoch}.`], {
          hub,
          program,
          subject,
          guards: set.members.length,
          epoch: set.epoch,
        });
      }),
    );
}
