import { hexToSolanaSignature, readStanding, type SentSolana, type SolanaCluster } from "@cortensor/chain";
import { systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";

/** Pause between two looks at whether a transaction is confirmed: a slot of Solana's. */
const LOOK_MS = 400;

/** Resolves once a transaction is confirmed. Throws CLI_DEPOSIT_FAILED for one that failed, or that can't come to stand any more. */
export async function untilConfirmed(cluster: SolanaCluster, sent: SentSolana, signal: AbortSignal): Promise<void> {
  for (;;) {
    const standing = await readStanding(cluster, sent);
    if (standing.kind === "stands" && standing.commitment !== "processed") return;
    if (standing.kind === "expired" || standing.kind === "failed") {
      const signature = hexToSolanaSignature(sent.signature);
      throw new CliError({ code: "CLI_DEPOSIT_FAILED", signature, how: standing.kind });
    }
    await systemClock.sleep(LOOK_MS, signal);
  }
}
