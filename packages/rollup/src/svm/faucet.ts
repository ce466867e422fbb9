import { assert } from "@cortensor/protocol";
import {
  type Address,
  appendTransactionMessageInstructions,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getBase64Encoder,
  type Instruction,
  type KeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { getCreateAccountInstruction, getTransferSolInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { readTransaction } from "./readTransaction.js";
import type { SvmLedger } from "./svmLedger.js";
import { readTokenAccount } from "./tokenAccount.js";

/** Decimals of the local COR: as many as an amount of ten thousand million COR leaves room for in 64 bits. */
export const LOCAL_COR_DECIMALS = 9;

/** Gives play money of this cluster. Each gift is a transaction like any other. */
export type Faucet = {
  /** The mint of local COR; made with the first gift of it. */
  readonly mint: Address;
  giveLamports(to: Address, amount: bigint): Promise<string>;
  /** Gives local COR, in its smallest unit, into the owner's own token account, and resolves to that. */
  giveCor(owner: Address, amount: bigint): Promise<Address>;
};

export function createFaucet(parts: {
  readonly cluster: SvmLedger;
  readonly payer: KeyPairSigner;
  readonly mint: KeyPairSigner;
}): Faucet {
  const { cluster, payer, mint } = parts;
  let gifts = 0;
  const send = async (instructions: readonly Instruction[]): Promise<string> => {
    const { hash, slot } = cluster.latestBlockhash("processed");
    const lifetime = { blockhash: hash, lastValidBlockHeight: BigInt(slot) };
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (empty) => setTransactionMessageFeePayerSigner(payer, empty),
      (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
      (timed) => appendTransactionMessageInstructions(instructions, timed),
    );
    const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
    const read = readTransaction(new Uint8Array(getBase64Encoder().encode(wire)));
    assert(cluster.send(read).kind === "stands", "a gift is a transaction that stands");
    return read.signature;
  };
  const ensureMint = async (): Promise<void> => {
    if (cluster.account(mint.address, "processed").exists) return;
    const space = getMintSize();
    const rent = lamports(cluster.rentExemption(space));
    const account = { payer, newAccount: mint, lamports: rent, space, programAddress: TOKEN_PROGRAM_ADDRESS };
    const rules = { mint: mint.address, decimals: LOCAL_COR_DECIMALS, mintAuthority: payer.address };
    await send([getCreateAccountInstruction(account), getInitializeMint2Instruction(rules)]);
  };
  return {
    mint: mint.address,
    giveLamports(to, amount) {
      gifts += 1;
      // Two gifts alike in one slot would be one transaction: what is odd goes back to the faucet.
      const tell = getTransferSolInstruction({ source: payer, destination: payer.address, amount: BigInt(gifts) });
      return send([getTransferSolInstruction({ source: payer, destination: to, amount }), tell]);
    },
    async giveCor(owner, amount) {
      await ensureMint();
      const of = { owner, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS };
      const [token] = await findAssociatedTokenPda(of);
      const make = await getCreateAssociatedTokenIdempotentInstructionAsync({ ...of, payer });
      gifts += 1;
      const tell = getTransferSolInstruction({ source: payer, destination: payer.address, amount: BigInt(gifts) });
      const give = getMintToInstruction({ mint: mint.address, token, mintAuthority: payer, amount });
      const giving = amount > 0n ? [make, give, tell] : [make, tell];
      await send(giving);
      assert(readTokenAccount(cluster.account(token, "processed"))?.owner === owner, "a gift lies with its owner");
      return token;
    },
  };
}
