import { solanaKeyToHex, solanaSignatureToHex } from "@cortensor/chain";
import type { Bytes32, Hex } from "@cortensor/protocol";
import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  type Instruction,
  type KeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { LOCAL_COR_DECIMALS } from "../src/index.js";
import type { SolanaWorld } from "./solanaWorld.js";

/** Sends without a trial first, so that what fails stands in its slot. */
export async function sendUntried(
  { cluster, client }: SolanaWorld,
  instructions: readonly Instruction[],
): Promise<Hex> {
  const { value: lifetime } = await cluster.rpc.getLatestBlockhash({ commitment: "processed" }).send();
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (empty) => setTransactionMessageFeePayerSigner(client, empty),
    (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
    (timed) => appendTransactionMessageInstructions(instructions, timed),
  );
  const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
  const config = { encoding: "base64", skipPreflight: true } as const;
  return solanaSignatureToHex(await cluster.rpc.sendTransaction(wire, config).send());
}

/** A mint of the client's own, with some of it in its account. */
export async function makeMint(
  world: { readonly client: KeyPairSigner } & Pick<SolanaWorld, "cluster" | "send">,
  mint: KeyPairSigner,
): Promise<Bytes32> {
  const { client, cluster } = world;
  const space = getMintSize();
  const rent = lamports(await cluster.rpc.getMinimumBalanceForRentExemption(BigInt(space)).send());
  const owner = client.address;
  const [token] = await findAssociatedTokenPda({ owner, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS });
  const account = { payer: client, newAccount: mint, lamports: rent, space, programAddress: TOKEN_PROGRAM_ADDRESS };
  const rules = { mint: mint.address, decimals: LOCAL_COR_DECIMALS, mintAuthority: owner };
  await world.send([
    getCreateAccountInstruction(account),
    getInitializeMint2Instruction(rules),
    await getCreateAssociatedTokenIdempotentInstructionAsync({ owner, mint: mint.address, payer: client }),
    getMintToInstruction({ mint: mint.address, token, mintAuthority: client, amount: 1_000n }),
  ]);
  return solanaKeyToHex(mint.address);
}
