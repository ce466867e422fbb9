import { randomBytes } from "node:crypto";
import { LOCAL_COR_DECIMALS, LOCAL_TASK_PROGRAM, type RunningSvm, readTaskProgram, startSvm } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { type Address, isAddress } from "@solana/kit";
import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { makeKeypair } from "../solana/keypairFile.js";
import { untilStopped } from "../untilStopped.js";
import { addSvmHub } from "./svmHub.js";

/** Where Solana's own test validator listens. */
const PORT_DEFAULT = 8_899;
const GIFT_LAMPORTS = 10_000_000_000n;
const GIFT_COR = 1_000n;
const GIFT_UNITS = GIFT_COR * 10n ** BigInt(LOCAL_COR_DECIMALS);

type ServeOptions = {
  readonly port: number;
  readonly airdrops?: boolean;
  readonly gift: readonly Address[];
  readonly vault?: Address;
};

/** `cortensor svm`: a local stand-in for Solana, to try deposits on. */
export function addSvm(program: Command, act: Act): void {
  const svm = program.command("svm").description("A real SVM on this machine, without consensus, to try Solana on.");
  svm
    .command("serve")
    .description("Answer Solana's JSON-RPC on 127.0.0.1, until stopped. What it holds is gone with it.")
    .option("--port <port>", "port on 127.0.0.1", parsePort, PORT_DEFAULT)
    .option("--airdrops", "let `requestAirdrop` give lamports")
    .option("--gift <address>", "give 10 SOL and 1,000 local COR; may be given again", addAddress, [])
    .option("--vault <owner>", "make the owner's token account of local COR, for a vault", parseSolanaAddress)
    .addHelpText("after", "\nExample:\n  $ cortensor svm serve --gift <client's address> --vault <guards' address>")
    .action((options: ServeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => serve(context, options)),
    );
  addSvmHub(svm, act);
  svm
    .command("key <file>")
    .description("Make a Solana key in a new file, in the form of Solana's own tools. Not encrypted: for tests.")
    .action((file: string, _options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async ({ output }) => {
        const { address } = await makeKeypair(file);
        output.result([`Made the key of ${address} in ${file}. Custody: self; nothing encrypts it.`], {
          address,
          file,
        });
      }),
    );
}

async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const { shutdown, output } = context;
  const log = context.log("svm");
  const svm = await startSvm({
    port: options.port,
    seed: new Uint8Array(randomBytes(32)),
    clock: systemClock,
    hasAirdrops: options.airdrops === true,
    isTicking: true,
    programs: [{ address: LOCAL_TASK_PROGRAM, code: await readTaskProgram() }],
    onError: (error) => log.error("The SVM failed", {}, error),
  });
  shutdown.add("svm", () => svm.stop());
  const vault = await setUp(svm, options);
  const { url, genesisHash, faucet } = svm;
  const lines = [
    `A Solana cluster of one answers at ${url}. It has no consensus: slots go by, and after 32 what stands is final.`,
    `  genesis  ${genesisHash}  (another after each start)`,
    `  mint     ${faucet.mint}  (local COR, ${LOCAL_COR_DECIMALS} decimals)`,
    `  tasks    ${LOCAL_TASK_PROGRAM}  (the program that holds them: \`cortensor svm hub\`, \`cortensor task\`)`,
    ...(vault === undefined ? [] : [`  vault    ${vault}`]),
  ];
  reportToParent({ kind: "ready", data: { url, genesisHash, ...(vault && { vault }) } });
  const about = { url, genesisHash, mint: faucet.mint, decimals: LOCAL_COR_DECIMALS, vault };
  output.result(lines, { ...about, taskProgram: LOCAL_TASK_PROGRAM });
  await untilStopped(shutdown);
}

async function setUp({ faucet }: RunningSvm, { gift, vault }: ServeOptions): Promise<Address | undefined> {
  for (const to of gift) {
    await faucet.giveLamports(to, GIFT_LAMPORTS);
    await faucet.giveCor(to, GIFT_UNITS);
  }
  return vault === undefined ? undefined : faucet.giveCor(vault, 0n);
}

function parseSolanaAddress(text: string): Address {
  if (isAddress(text)) return text;
  throw new InvalidArgumentError("Expected a Solana address: 32 bytes in base58.");
}

function addAddress(text: string, before: readonly Address[]): readonly Address[] {
  return [...before, parseSolanaAddress(text)];
}
