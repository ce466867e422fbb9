import { type Address, type Bytes32, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { readHead } from "./readHead.js";

/** A session as its creation was logged. Its owner may have changed since. */
export type ListedSession = {
  readonly account: number;
  readonly sessionId: Bytes32;
  /** Who opened it, or whom it was handed to. */
  readonly owner: Address;
  readonly blockNumber: bigint;
};

/** Sessions opened in a block range (default: since deployment), oldest first; of an owner also those that it was handed. */
export async function listSessions(
  chain: ChainReader,
  options: { readonly owner?: Address; readonly fromBlock?: bigint; readonly toBlock?: bigint } = {},
): Promise<readonly ListedSession[]> {
  const fromBlock = options.fromBlock ?? chain.profile.deployBlock;
  const toBlock = options.toBlock ?? (await readHead(chain)).blockNumber;
  const listed: ListedSession[] = [];
  for (const range of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessions,
      abi: sessionsAbi,
      eventName: "SessionCreated",
      args: options.owner === undefined ? {} : { owner: options.owner },
      strict: true,
      ...range,
    });
    for (const { args, blockNumber } of await chainCall("listSessions", query)) {
      listed.push({ account: args.account, sessionId: args.sid, owner: parseAddress(args.owner), blockNumber });
    }
    if (options.owner !== undefined) listed.push(...(await listHanded(chain, options.owner, range)));
  }
  return [...new Map(listed.map((session) => [session.account, session])).values()];
}

/** Sessions that another account opened and an owner was given, as onboarding does. */
async function listHanded(
  chain: ChainReader,
  owner: Address,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly ListedSession[]> {
  const sessions = { address: chain.profile.addresses.sessions, abi: sessionsAbi } as const;
  const query = chain.client.getContractEvents({
    ...sessions,
    eventName: "OwnerChanged",
    args: { to: owner },
    strict: true,
    ...range,
  });
  const handed = await chainCall("listSessions", query);
  return Promise.all(
    handed.map(async ({ args: { account }, blockNumber }) => {
      const read = chain.client.readContract({ ...sessions, functionName: "sidOf", args: [account] });
      return { account, sessionId: await chainCall("sidOf", read), owner, blockNumber };
    }),
  );
}
