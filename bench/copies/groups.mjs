import { compareAnswers, wilsonInterval } from "@cortensor/proof";
import { judge } from "../../models/judge.mjs";
import { CELLS, LIARS, makeGroup, OFF_TOPIC } from "./liars.mjs";
import { otherQuestions } from "./questions.mjs";

/**
 * @typedef {{ question: { kind: string, check?: object }, copies: string[] }} Answered A question with its honest copies.
 * @typedef {(text: string) => Float32Array | readonly number[]} VectorOf
 */

/**
 * What is returned from groups of each cell and kind of liar.
 * `right`, of the groups in which every honest copy passes its question's own check: an honest copy, or what says the same; a copy of one and one in
 * other words do if they pass the check themselves, an answer off the topic only if it has an honest copy's very words. Open questions have no
 * check, and all honest copies pass.
 * `honest`: an honest miner wrote it. Of equally near answers the first is returned, whoever wrote it.
 * @param {readonly Answered[]} answered @param {VectorOf} vectorOf
 */
export function returnedAnswers(answered, vectorOf) {
  return CELLS.flatMap(({ copies, liars }) =>
    Object.keys(LIARS).map((kind) => {
      const seen = answered.flatMap((_, index) => groupAt(answered, index, { copies, liars, kind }) ?? []);
      const outcomes = seen.map((group) => ({
        ...group,
        at: compareAnswers(group.texts.map(vectorOf), undefined).nearest,
      }));
      const agreeing = outcomes.filter(({ doAgree }) => doAgree);
      return {
        copies,
        liars,
        kind,
        questions: answered.length,
        agreeing: agreeing.length,
        right: shareOf(agreeing, (one) => one.isRight(one.at)),
        honest: shareOf(agreeing, (one) => !one.isLiar[one.at]),
        /** Whether honest copies agree or not. */
        honestOfAll: shareOf(outcomes, (one) => !one.isLiar[one.at]),
      };
    }),
  );
}

/** The group of one question; undefined with an empty text, which no router compares. */
function groupAt(answered, index, { copies, liars, kind }) {
  const { question, copies: honest } = answered[index];
  const all = answered.map((one) => one.question);
  const others = otherQuestions(all, index, liars).map((at) => answered[at].copies[0]);
  const lies = LIARS[kind]({ honest: honest[0], others });
  const group = makeGroup({ honest, lies, copies, turn: index });
  if (group.texts.includes("")) return undefined;
  const own = group.texts.filter((_, place) => !group.isLiar[place]);
  const passes = (text) => question.check === undefined || judge(question.check, text);
  const isRight = (place) =>
    !group.isLiar[place] ||
    own.includes(group.texts[place]) ||
    (!OFF_TOPIC.includes(kind) && passes(group.texts[place]));
  return { ...group, isRight, doAgree: own.every(passes) };
}

function shareOf(groups, holds) {
  const hits = groups.filter(holds).length;
  return { hits, of: groups.length, value: hits / groups.length, ...wilsonInterval(hits, groups.length) };
}
