/** Ways to say the same in other words: the first whose form fits is taken. Each keeps what a question's own check looks for. */
const REWORDINGS = [
  [/^The capital of (.+) is (.+)\.$/, (_, country, city) => `${city} is the capital of ${country}.`],
  [/^(.+) is the capital of (.+)\.$/, (_, city, country) => `The capital of ${country} is ${city}.`],
  [/^The opposite of (.+) is (.+)\.$/, (_, word, other) => `For ${word}, the opposite would be ${other}.`],
  [/^(\d+ .+) = (\d+)\.?$/, (_, sum, result) => `If you work out ${sum} you get ${result}.`],
  [/^I don't know (.+)$/, (_, rest) => `Sorry, but I don't know ${rest}`],
  [/^([A-Z][a-z]+)$/, (_, label) => `It is ${label.toLowerCase()}.`],
];

/** The same answer in other words, by plain rules. */
export function paraphrase(text) {
  const object = reorder(text);
  if (object !== undefined) return object;
  for (const [form, reworded] of REWORDINGS) if (form.test(text)) return text.replace(form, reworded);
  return `In other words: ${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

/** A JSON object with its keys the other way round, and without spaces. */
function reorder(text) {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * What each of a group's liars gives, from an honest copy of the group and from honest answers to other questions, one for each liar. Liars who copy or
 * reword agree on the words. Off the topic each speaks of a question of its own, or together they say one answer, which pulls hardest.
 */
export const LIARS = {
  copied: ({ honest, others }) => others.map(() => honest),
  paraphrased: ({ honest, others }) => others.map(() => paraphrase(honest)),
  offTopic: ({ others }) => others,
  offTopicTogether: ({ others }) => others.map(() => others[0]),
};

/** Kinds whose answer speaks of another question. */
export const OFF_TOPIC = ["offTopic", "offTopicTogether"];

/** Liars in so many copies. */
export const CELLS = [
  { copies: 3, liars: 1 },
  { copies: 5, liars: 1 },
  { copies: 5, liars: 2 },
];

/**
 * One group: honest copies, with the liars' answers between them. The first liar stands at place `turn` modulo the copies, so that over all groups
 * no place is better than another: of equally near answers the first is returned.
 * @returns {{ texts: string[], isLiar: boolean[] }}
 */
export function makeGroup({ honest, lies, copies, turn }) {
  if (honest.length < copies - lies.length) throw new RangeError("too few honest copies");
  const isLiar = Array.from(
    { length: copies },
    (_, place) => (place - (turn % copies) + copies) % copies < lies.length,
  );
  const [truths, untruths] = [honest.values(), lies.values()];
  return { texts: isLiar.map((isLie) => (isLie ? untruths : truths).next().value), isLiar };
}
