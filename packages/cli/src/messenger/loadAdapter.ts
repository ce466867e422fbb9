import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type MessengerAdapter, quorumAdapter, sameChainAdapter } from "@cortensor/node";
import { CliError } from "../cliError.js";

const OWN: readonly MessengerAdapter[] = [quorumAdapter, sameChainAdapter];

/** One of the network's own adapters by its name, or what a package or a file exports as `messengerAdapter`. Runs that package's code. */
export async function loadAdapter(target: string): Promise<MessengerAdapter> {
  const own = OWN.find(({ name }) => name === target);
  if (own !== undefined) return own;
  const loaded: unknown = await import(addressOf(target)).catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file: target, problem: "can't be loaded as a module" }, { cause });
  });
  const found =
    typeof loaded === "object" && loaded !== null && "messengerAdapter" in loaded && loaded.messengerAdapter;
  if (isAdapter(found)) return found;
  throw new CliError({
    code: "CLI_BAD_FILE",
    file: target,
    problem: "exports no `messengerAdapter` with a name, two flags and `open`",
  });
}

function addressOf(target: string): string {
  const isPath = target.startsWith(".") || target.startsWith("/");
  const file = isPath ? resolve(target) : createRequire(resolve("package.json")).resolve(target);
  return pathToFileURL(file).href;
}

function isAdapter(value: unknown): value is MessengerAdapter {
  if (typeof value !== "object" || value === null) return false;
  const isNamed = "name" in value && typeof value.name === "string";
  const hasFlags =
    "isAtOnce" in value &&
    typeof value.isAtOnce === "boolean" &&
    "refusesWhilePaused" in value &&
    typeof value.refusesWhilePaused === "boolean";
  return isNamed && hasFlags && "open" in value && typeof value.open === "function";
}
