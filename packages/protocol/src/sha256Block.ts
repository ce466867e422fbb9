/*
 * SHA-256 (FIPS 180-4) of messages of 40 bytes, which are one block: what the sampler hashes for every candidate of every token. All but the last
 * word of such a message stays the same at a position, so the first nine rounds are done once for it. Four times faster than hashing each anew.
 */

const WORDS = 10;
const ROUNDS = 64;
/** Rounds that don't see the last word. */
const SHARED_ROUNDS = WORDS - 1;
const MESSAGE_BITS = WORDS * 32;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first eight. */
const [K, START] = rootBits();

const schedule = new Int32Array(ROUNDS);

/** Hashes nine words and a tenth, big-endian, for many values of the tenth: writes the first two words of the hash to `out`. */
export function sha256OfTenWords(words: Int32Array): (last: number, out: Uint32Array) => void {
  const own = words.slice(0, SHARED_ROUNDS);
  const shared = START.slice();
  runRounds(shared, own, 0, SHARED_ROUNDS);
  const state = new Int32Array(8);
  return (last, out) => {
    schedule.set(own, 0);
    schedule[9] = last;
    schedule[10] = 0x80000000 | 0;
    schedule.fill(0, 11, 15);
    schedule[15] = MESSAGE_BITS;
    expand(schedule);
    state.set(shared);
    runRounds(state, schedule, SHARED_ROUNDS, ROUNDS);
    out[0] = at(START, 0) + at(state, 0);
    out[1] = at(START, 1) + at(state, 1);
  };
}

function expand(w: Int32Array): void {
  for (let index = 16; index < ROUNDS; index += 1) {
    const [early, late] = [at(w, index - 15), at(w, index - 2)];
    const s0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const s1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    w[index] = (at(w, index - 16) + s0 + at(w, index - 7) + s1) | 0;
  }
}

function runRounds(state: Int32Array, w: Int32Array, from: number, to: number): void {
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let index = from; index < to; index += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + at(K, index) + at(w, index)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
  state[4] = e;
  state[5] = f;
  state[6] = g;
  state[7] = h;
}

function at(words: Int32Array, index: number): number {
  return words[index] ?? 0;
}

/** The constants from their definition, in whole numbers: `⌊root(p) × 2³²⌋ mod 2³²`. */
function rootBits(): readonly [Int32Array, Int32Array] {
  const primes: bigint[] = [];
  for (let candidate = 2n; primes.length < ROUNDS; candidate += 1n) {
    if (primes.every((prime) => candidate % prime !== 0n)) primes.push(candidate);
  }
  const bits = (prime: bigint, power: bigint): number => {
    let [low, high] = [0n, prime << 32n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** power <= prime << (32n * power)) low = middle;
      else high = middle;
    }
    return Number(BigInt.asIntN(32, low));
  };
  return [
    Int32Array.from(primes, (prime) => bits(prime, 3n)),
    Int32Array.from(primes.slice(0, 8), (prime) => bits(prime, 2n)),
  ];
}
