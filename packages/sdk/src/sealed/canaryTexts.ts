/** What canaries ask where the client gives no texts of its own kind. A miner that knows this list knows them: give others. */
export const CANARY_TEXTS: readonly string[] = [
  "How does a heat pump work, and when is it worth its price?",
  "Write a short poem about rain in a town by the sea.",
  "What is the difference between a lake and a pond?",
  "Explain to a child why the sky is blue.",
  "List five dishes that can be made of lentils and rice.",
  "Summarise what a contract of employment should say.",
  "Why do some metals rust and others not?",
  "Tell me a story about a brave fox and an old bridge.",
  "How do I plan a week's walk in the mountains?",
  "Translate into French: the train leaves at nine.",
  "What should I look at before I buy a used bicycle?",
  "Describe how bread is baked, step by step.",
  "Which questions would you ask a new neighbour?",
  "Compare tea and coffee in three sentences.",
  "What does a conductor do in an orchestra?",
  "Give me names for a small bookshop.",
];
