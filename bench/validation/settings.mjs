/** What a client may choose, by the names of docs/PRICING.md: with a seed of its own, the honest answer is one that anybody can make again. */
export const SETTINGS = [
  { name: "none", validation: "none" },
  { name: "check", validation: "check" },
  { name: "redundant 3", validation: "redundant", redundancy: 3 },
  { name: "redundant 5", validation: "redundant", redundancy: 5 },
  { name: "check, sampled", validation: "check", temperature: 1 },
];

const SUBJECTS = [
  "a brave fox",
  "the sea",
  "an old clock",
  "a lost letter",
  "the first snow",
  "a night train",
  "a red kite",
];
const ASKS = [
  "Tell me a story about",
  "Write a letter about",
  "Explain what makes people love",
  "List ten facts about",
];

/** The nth question: the same one under every setting, so that what they cost is comparable. */
export function questionOf(index) {
  const ask = ASKS[index % ASKS.length];
  const subject = SUBJECTS[Math.floor(index / ASKS.length) % SUBJECTS.length];
  return `${ask} ${subject}, number ${index + 1}.`;
}
