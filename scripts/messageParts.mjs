import { runVitest } from "./runners.mjs";

/** Seeds of each adapter over two real chains, and how many in one part. */
const MESSAGE_SEEDS = 100;
const MESSAGE_SEEDS_AT_ONCE = 50;
/** What carries messages between chains. */
export const MESSAGE_SOURCES = [
  ...["protocol/src", "chain/src", "node/src/links", "node/src/relayer", "node/src/guard/sources", "rollup/src/op"].map(
    (folder) => `packages/${folder}`,
  ),
  ...[
    "packages/protocol/test/messaging",
    "packages/node/test/messengers.test.ts",
    "packages/rollup/test/opChain.test.ts",
  ],
];

/** Seeds that are played, and seeds over real chains for each adapter that runs here. */
export function messageParts() {
  return [
    {
      name: "1,000 played",
      run: () => runVitest(["packages/protocol/test/messaging/lossyLink"], { env: { CORTENSOR_MESSAGE_RUNS: "1000" } }),
    },
    ...seedParts(),
    {
      name: "opStack, 100 seeds",
      run: () => runVitest(["packages/rollup/test/opChain"], { env: { CORTENSOR_OP_MESSAGE_RUNS: "100" } }),
    },
  ];
}

function seedParts() {
  return ["quorum", "sameChain"].flatMap((adapter) =>
    Array.from({ length: MESSAGE_SEEDS / MESSAGE_SEEDS_AT_ONCE }, (_, part) => ({
      name: `${adapter}, seeds ${part * MESSAGE_SEEDS_AT_ONCE}…${(part + 1) * MESSAGE_SEEDS_AT_ONCE - 1}`,
      run: () =>
        runVitest(["packages/node/test/messengers", "-t", `by ${adapter} have their effect`], {
          env: {
            CORTENSOR_MESSAGE_ANVIL_RUNS: String(MESSAGE_SEEDS_AT_ONCE),
            CORTENSOR_MESSAGE_FROM: String(part * MESSAGE_SEEDS_AT_ONCE),
          },
        }),
    })),
  );
}
