import {
  CRITERIA,
  collectSheets,
  type JudgedWork,
  type JudgeReply,
  type JudgeSheet,
  parsePoints,
} from "@cortensor/proof";
import type { Address } from "@cortensor/protocol";
import type { WrittenAnswer } from "./readAnswers.js";

/** Rounds of questions for one answer: a network with too few miners isn't asked for ever. */
const ROUNDS_MAX = 3;

/** One miner's reply to a question, as the evidence shows it. */
export type HeardReply = { readonly miner: Address; readonly text: string };
/** Why the router asks nobody, by its own word. */
export type RefusedQuestion = { readonly refused: string };

/** What judges are asked through, and weighed by. */
export type Court = {
  /** Asks several miners for points, by one criterion. */
  readonly ask: (work: JudgedWork) => Promise<readonly HeardReply[] | RefusedQuestion>;
  readonly ownerOf: (miner: Address) => Promise<Address>;
  readonly stakeWeiOf: (owner: Address) => Promise<bigint>;
  /** Judges that are looked for. */
  readonly judges: number;
};

/** What the judges of one answer said. A judge is an owner of miners: two machines of one owner are one judge. */
export type Asked = {
  readonly sheets: readonly (JudgeSheet<Address> & { readonly stakeWei: bigint })[];
  readonly refused?: string;
};

/**
 * Asks miners for points, a question for each criterion, until as many judges as are looked for were heard on each, or often enough. Whoever had a
 * part in the answer has no say in it.
 */
export async function askJudges(court: Court, answer: WrittenAnswer): Promise<Asked> {
  const authors = new Set(await Promise.all(answer.miners.map(court.ownerOf)));
  const replies: JudgeReply<Address>[] = [];
  for (let round = 0; round < ROUNDS_MAX && !isEnough(replies, court.judges); round += 1) {
    for (const criterion of CRITERIA) {
      const heard = await court.ask({ prompt: answer.prompt, answer: answer.text, criterion });
      if ("refused" in heard) return { sheets: await weigh(court, replies), refused: heard.refused };
      for (const { miner, text } of heard) {
        const judge = await court.ownerOf(miner);
        if (!authors.has(judge)) replies.push({ judge, criterion, points: parsePoints(text) });
      }
    }
  }
  return { sheets: await weigh(court, replies) };
}

/** Whether so many were heard on every criterion, whatever they said. */
function isEnough(replies: readonly JudgeReply<Address>[], judges: number): boolean {
  return CRITERIA.every((criterion) => {
    const heard = replies.filter((one) => one.criterion === criterion);
    return new Set(heard.map(({ judge }) => judge)).size >= judges;
  });
}

function weigh(court: Court, replies: readonly JudgeReply<Address>[]): Promise<Asked["sheets"]> {
  const sheets = collectSheets(replies);
  return Promise.all(sheets.map(async (sheet) => ({ ...sheet, stakeWei: await court.stakeWeiOf(sheet.judge) })));
}
