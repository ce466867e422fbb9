/** Every second one; the order turns with each round of the families, so that both halves have all of them. */
export function halvesOf(sequences) {
  const families = Math.max(1, new Set(sequences.map(({ family }) => family)).size);
  const isFirst = (index) => (index + Math.floor(index / families)) % 2 === 0;
  return [sequences.filter((_, index) => isFirst(index)), sequences.filter((_, index) => !isFirst(index))];
}
