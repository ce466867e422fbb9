/** Bytes that no other object has: the same for the same number. */
export function madeBody(bytes, seed) {
  const made = new Uint8Array(bytes);
  for (let at = 0, state = seed + 1; at < bytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    made[at] = state >>> 24;
  }
  return made;
}
