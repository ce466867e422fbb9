/** Bytes drawn from the platform at once: what one ask takes. */
const DRAWN_BYTES = 160;

/** Fresh bytes of the platform, drawn for several calls at once: each draw costs it more than all that is drawn. None is given twice, or kept once it is given. */
export function createRandomBytes(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): (count: number) => Uint8Array {
  const drawn = new Uint8Array(DRAWN_BYTES);
  let used = DRAWN_BYTES;
  return (count) => {
    if (count > DRAWN_BYTES) {
      const all = new Uint8Array(count);
      fill(all);
      return all;
    }
    if (used + count > DRAWN_BYTES) {
      fill(drawn);
      used = 0;
    }
    const some = drawn.slice(used, used + count);
    drawn.fill(0, used, used + count);
    used += count;
    return some;
  };
}
