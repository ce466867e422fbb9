import { createRandom } from "@cortensor/proof";

/** What an ordinary client writes, over and over with another beginning and of another length. */
const SENTENCES = [
  "The old clock in the hall struck again, and nobody in the house had heard it for years.",
  "A small boat came down the river at night, and there was a lamp in it, and no one who held it.",
  "My sister keeps a list of all the birds that she has seen, and she has begun to invent some.",
];
/** Prompts of one to four sentences, answers of so many tokens at most: longer than the shortest window of a check. */
const SENTENCES_MAX = 4;
const ANSWER_TOKENS = [48, 128];
/** Questions under way at once: beyond them the client waits, and the network is too slow for the load. */
const RUNNING_MAX = 4;

/**
 * Asks at random times, so many questions a second on average, until it is stopped. Counts each answer's tokens.
 * @param {{ client: import("@cortensor/sdk").Cortensor, tasksPerSecond: number, seed: number }} parts
 */
export function startLoad({ client, tasksPerSecond, seed }) {
  const random = createRandom(seed);
  const sizes = [];
  const running = new Set();
  const failed = [];
  let [isStopping, missed] = [false, 0];
  const loop = (async () => {
    while (!isStopping) {
      await pause((-Math.log(1 - random()) / tasksPerSecond) * 1_000);
      if (isStopping) return;
      if (running.size >= RUNNING_MAX) {
        missed += 1;
        continue;
      }
      const asked = ask(client, random).then(
        ({ promptTokens: nIn, completionTokens: nOut }) => sizes.push({ nIn, nOut }),
        (error) => failed.push(String(error)),
      );
      running.add(asked);
      void asked.then(() => running.delete(asked));
    }
  })();
  return {
    sizes,
    failed,
    missed: () => missed,
    stop: async () => {
      isStopping = true;
      await loop;
      await Promise.all(running);
    },
  };
}

/** A prompt and the most tokens of its answer. */
export function drawQuestion(random) {
  const first = Math.floor(random() * SENTENCES.length);
  const count = 1 + Math.floor(random() * SENTENCES_MAX);
  const text = Array.from({ length: count }, (_, index) => SENTENCES[(first + index) % SENTENCES.length]).join(" ");
  const [least, most] = ANSWER_TOKENS;
  return { text: `${Math.floor(random() * 1e6)}. ${text}`, maxTokens: least + Math.floor(random() * (most - least)) };
}

async function ask(client, random) {
  const { text, maxTokens } = drawQuestion(random);
  return client.complete(text, { maxTokens, temperature: 1 });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
