/** `Σ (seen − expected)² ÷ expected`, the expected ones scaled to as many as were seen. */
export function chiSquare(seen: readonly number[], weights: readonly number[]): number {
  const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
  const scale = sum(seen) / sum(weights);
  return sum(
    seen.map((count, index) => {
      const expected = (weights[index] ?? 0) * scale;
      return (count - expected) ** 2 / expected;
    }),
  );
}
