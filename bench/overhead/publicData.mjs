import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { readDutyRound, readHead } from "@cortensor/chain";
import { createGuardReader, createPublicDutyBooks } from "@cortensor/node";
import { systemClock } from "@cortensor/runtime";

/** A board of duties over a network's chain and the folder of its sets. */
export function openBoard(chain, home) {
  const fetchSet = ({ setCid }) => readFile(path.join(home, "settlements", setCid)).catch(() => undefined);
  return createPublicDutyBooks(createGuardReader(chain, systemClock), fetchSet).board;
}

/** Of each epoch: its tasks, their mean audit rate in millionths, its validators, and duties drawn and done. */
export async function readDuties(board, epochs) {
  const { signal } = new AbortController();
  const rows = [];
  for (const epoch of epochs) {
    const drawn = await board.drawnFrom(epoch, signal);
    const found = await board.recompute(epoch, signal);
    const tasks = drawn.kind === "tasks" ? drawn.tasks : [];
    const duties = found === "hidden" ? [] : found.duties;
    rows.push({
      epoch,
      tasks: tasks.length,
      ratePpm: tasks.length === 0 ? 0 : tasks.reduce((sum, { ratePpm }) => sum + ratePpm, 0) / tasks.length,
      validators: drawn.kind === "tasks" ? drawn.pledges.length : 0,
      drawn: duties.length,
      done: duties.filter(({ isDone }) => isDone).length,
    });
  }
  return rows;
}

/** How many validators committed to a secret of an epoch. */
export async function countPledges(chain, epoch) {
  const { blockNumber: toBlock } = await readHead(chain);
  const { pledges } = await readDutyRound(chain, { epoch, fromBlock: chain.profile.deployBlock, toBlock });
  return pledges.length;
}

/** Copies what guards serve into the home, where the sets are already: virtual blocks by epoch, and documents of verdicts by hash. */
export async function keepPublic({ chain, home, endpoints, lastEpoch }) {
  const [blocks, verdicts] = ["virtual-blocks", "verdicts"].map((name) => path.join(home, name));
  for (const folder of [blocks, verdicts]) mkdirSync(folder, { recursive: true });
  const { blockNumber: toBlock } = await readHead(chain);
  let kept = 0;
  for (let epoch = 0; epoch <= lastEpoch; epoch += 1) {
    const block = await fetchFirst(endpoints, `/v1/virtual-blocks/${epoch}`);
    if (block !== undefined) writeFileSync(path.join(blocks, `${epoch}.bin`), block);
    const { shows } = await readDutyRound(chain, { epoch, fromBlock: chain.profile.deployBlock, toBlock });
    for (const { documentCid } of shows) {
      const document = await fetchFirst(endpoints, `/v1/verdicts/${documentCid}`);
      if (document !== undefined) writeFileSync(path.join(verdicts, documentCid), document);
      if (document !== undefined) kept += 1;
    }
  }
  return kept;
}

async function fetchFirst(endpoints, where) {
  for (const endpoint of endpoints) {
    const answer = await fetch(new URL(where, endpoint));
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  }
  return undefined;
}
