import type { GuardReader } from "@cortensor/node";

/** The same reader, that asks for each block but once: an audit's chain is that of one moment, and cut-offs are looked for by halves. */
export function rememberBlocks(reader: GuardReader): GuardReader {
  const blocks = new Map<number, ReturnType<GuardReader["readBlock"]>>();
  return {
    ...reader,
    readBlock: (number) => {
      const known = blocks.get(number) ?? reader.readBlock(number);
      blocks.set(number, known);
      return known;
    },
  };
}
