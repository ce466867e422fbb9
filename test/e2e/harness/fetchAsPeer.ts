import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publishedFile } from "./publishedFile.js";
import { resultOf, runCommand } from "./runCommand.js";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** Fetches a settlement set of a router's from its content, as a peer of it that knows nobody else, and gives the set's bytes. */
export async function fetchAsPeer(
  network: Network,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<Buffer> {
  const peer = await until("router's content", async () => {
    const said: unknown = await (await fetch(`${network.url}/v1/content`)).json();
    const addresses = said instanceof Object && "addresses" in said ? said.addresses : undefined;
    return Array.isArray(addresses) && typeof addresses[0] === "string" ? addresses[0] : undefined;
  });
  const settlements = join(network.home, "settlements");
  const set = await until("settlement set", () => publishedFile(settlements));
  const out = join(folder, "set");
  const args = ["content", "get", set, "--out", out, "--folder", join(folder, "peer"), "--peer", peer];
  const got = await until("set among peers", async () => {
    const ran = await runCommand(["--home", folder, ...args], { env });
    return ran.code === 0 ? ran : undefined;
  });
  resultOf(got);
  return readFileSync(out);
}
