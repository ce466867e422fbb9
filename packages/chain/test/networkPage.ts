import type { ModuleDescription, NetworkProfile } from "../src/index.js";

const HEAD = `# What a network is made of

What \`cortensor network describe\` shows of the profile \`single\`, without addresses and code hashes, which each deployment has of its own. A test deploys it,
asks its chain, and holds this page against the answers; \`npx vitest run --project integration packages/chain/test/describeNetwork.test.ts -u\` writes it anew.

Whatever no power is named for is fixed for good when the contract is deployed: no contract can be exchanged behind its address. An owner can besides hand its ownership on
(\`transferOwnership\`, then \`acceptOwnership\` by the next) or give it up (\`renounceOwnership\`). Everything else that only some may call belongs to whoever it is about, such as a
node's owner, or to a neighbour below. \`t0\` is the network's beginning in seconds.
`;

/** `docs/NETWORK.md`. */
export function networkPage(modules: readonly ModuleDescription[], { t0 }: NetworkProfile): string {
  return [HEAD, ...modules.map((one) => section(one, String(t0)))].join("\n");
}

function section({ module, contract, owner, parameters, powers }: ModuleDescription, t0: string): string {
  const rows = parameters.map(({ name, kind, value, module: neighbour }) => {
    const shown = value === t0 ? "t0" : kind === "neighbour" ? (neighbour ?? "another contract") : value;
    return `| \`${name}\` | ${kind} | \`${shown}\` |`;
  });
  const table = rows.length === 0 ? [] : ["", "| name | kind | value |", "|---|---|---|", ...rows];
  const calls = powers.map(({ call, who, bound }) => `- \`${call}\` by the ${who}: ${bound}`);
  const list =
    powers.length === 0 ? ["", "Nobody may change anything of it."] : ["", "Who may change what:", "", ...calls];
  const owned = owner === undefined ? "no owner" : "has an owner";
  return [`## ${contract}`, "", `\`${module}\`, ${owned}.`, ...table, ...list, ""].join("\n");
}
