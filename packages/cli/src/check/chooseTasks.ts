import type { Bytes32 } from "@cortensor/protocol";
import { parseHash } from "../parseArgument.js";

/** Tasks of one call, by the router's own list. */
export const TASKS_MAX = 1_000;

/** Those named, or else the latest, oldest first: sums follow time. */
export async function chooseTasks(
  tasks: readonly string[],
  recent: () => Promise<readonly Bytes32[]>,
): Promise<readonly Bytes32[]> {
  return tasks.length > 0 ? tasks.map(parseHash) : [...(await recent())].reverse();
}
