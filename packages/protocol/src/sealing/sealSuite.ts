/** How a session's key is agreed on. The wire's number is the place, counted from 1; all encrypt by ChaCha20-Poly1305 and derive by HKDF-SHA256. */
export const SEAL_SUITES = ["x25519", "xwing"] as const;
export type SealSuite = (typeof SEAL_SUITES)[number];

/** Bytes of a suite's public key, and of what a sender encapsulates. Private keys have 32 in each. */
export const SUITE_BYTES = {
  x25519: { publicKey: 32, enc: 32 },
  xwing: { publicKey: 1_216, enc: 1_120 },
} as const satisfies Record<SealSuite, { readonly publicKey: number; readonly enc: number }>;

/** Bytes of every private and every symmetric key. */
export const SEAL_KEY_BYTES = 32;

export function suiteNumber(suite: SealSuite): number {
  return SEAL_SUITES.indexOf(suite) + 1;
}

/** Undefined for a number that no suite has. */
export function suiteOfNumber(number: number): SealSuite | undefined {
  return SEAL_SUITES[number - 1];
}
