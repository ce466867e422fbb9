/** The middle of what was measured; of an even number, the upper of the two. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Least and most of what was measured. */
export function spread(values) {
  return [round(Math.min(...values)), round(Math.max(...values))];
}

export function round(value, places = 3) {
  return Number(value.toFixed(places));
}
