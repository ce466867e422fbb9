import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CALIBRATION_FAMILIES } from "@cortensor/proof";
import { ROOT } from "../../scripts/run.mjs";

/** Skills whose held-out questions have one right answer. Long passages are left out: a question of theirs is read for longer than it is answered. */
const SKILLS = [
  "arithmetic",
  "capitals",
  "json",
  "opposites",
  "passage",
  "refusal",
  "sentiment",
  "terms",
  "topics",
  "unknown",
  "usage",
];

const chat = (content) => ({ kind: "chat", messages: [{ role: "user", content }] });

/**
 * The first questions of the embedded model's held-out set that have a right answer, the skills in turn, and what their answers are checked by.
 * @returns {{ kind: string, prompt: import("@cortensor/protocol").Prompt, check: object }[]}
 */
export function factualQuestions(count) {
  const items = JSON.parse(readFileSync(join(ROOT, "models", "heldout.json"), "utf8"));
  const queues = SKILLS.map((skill) => items.filter((item) => item.skill === skill));
  const taken = [];
  for (let round = 0; taken.length < count && queues.some((queue) => round < queue.length); round += 1) {
    for (const queue of queues) if (round < queue.length) taken.push(queue[round]);
  }
  return taken.slice(0, count).map(({ skill, prompt, check }) => ({ kind: skill, prompt: chat(prompt), check }));
}

/** Questions that have no right answer: the prompts of a calibration, over and over. */
export function openQuestions(count) {
  const prompts = CALIBRATION_FAMILIES.flatMap(({ name, prompts: own }) =>
    own.map((prompt) => ({ kind: name, prompt })),
  );
  return Array.from({ length: count }, (_, index) => prompts[index % prompts.length]);
}

/** So many questions of other kinds, from half of all further on: what answers off the topic speak of. */
export function otherQuestions(questions, index, count) {
  const half = Math.floor(questions.length / 2);
  const found = [];
  for (let step = 0; step < questions.length && found.length < count; step += 1) {
    const at = (index + half + step) % questions.length;
    if (questions[at].kind !== questions[index].kind) found.push(at);
  }
  if (found.length < count) throw new RangeError("too few questions of other kinds");
  return found;
}
