import { lastStateCreation } from "@cortensor/chain";
import { type OutputFinding, parseOpChain, rollupVerifierConfig, startVerifier } from "@cortensor/rollup";
import { loadConfig, systemClock } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import { untilStopped } from "../untilStopped.js";
import { readChainFile } from "./readChainFile.js";

/** `cortensor rollup verify`: derives a chain anew and holds its outputs against it, until stopped. */
export async function verifyRollup(
  context: CommandContext,
  file: string,
  options: { readonly parent: string },
): Promise<void> {
  const { env, output, shutdown } = context;
  const log = context.log("rollup-verifier");
  const { challengerKey, everyMs } = loadConfig(rollupVerifierConfig, env);
  const chain = parseOpChain(await readChainFile(file), file);
  const verifier = await startVerifier({
    chain,
    parentRpcUrl: options.parent,
    ...(challengerKey === undefined ? {} : { challengerKey: challengerKey.expose() }),
    ...{ lastStateCreation, clock: systemClock },
    everyMs,
    onFinding: (finding) => say(output, finding),
    onError: (error) => log.error("A look failed", { chainId: chain.chainId }, error),
    signal: shutdown.signal,
  });
  shutdown.add("verifier", () => verifier.stop());
  const role = challengerKey === undefined ? "and only names wrong outputs" : "and removes wrong outputs";
  output.progress("rollup.verifying", `Derives chain ${chain.chainId} from its parent, ${role}`);
  await untilStopped(shutdown);
}

function say(output: CommandContext["output"], finding: OutputFinding): void {
  const what = `Output ${finding.index}, of block ${finding.number}`;
  if (finding.kind === "right") output.progress("rollup.right", `${what}, is right`, finding);
  else if (finding.kind === "removed") output.warn("rollup.removed", `${what}, was wrong and is removed`, finding);
  else if (finding.why === "leaves") output.progress("rollup.leaves", `${what}, pays out by the last state`, finding);
  else {
    const why = finding.why === "final" ? "its window is over" : "nobody here has the challenger's key";
    output.warn("rollup.stands", `${what}, is wrong and stands: ${why}`, finding);
  }
}
