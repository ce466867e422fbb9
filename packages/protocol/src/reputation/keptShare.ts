import { ProtocolError } from "../errors.js";
import type { UnixSeconds } from "../primitives.js";

/** What was seen counts half after this: fourteen days. */
export const HALF_LIFE_SECONDS = 1_209_600;
/** A share of 1. */
export const KEPT_ONE = 1n << 64n;
const SHARE_BITS = 64n;

/** `⌊2⁶⁴ × 2^(−2ⁱ ÷ 1,209,600)⌋` for i from 0 on: what is kept after 1, 2, 4 … seconds. */
const KEPT: readonly bigint[] = [
  18_446_733_503_020_909_353n,
  18_446_722_932_338_324_499n,
  18_446_701_790_991_327_000n,
  18_446_659_508_370_020_750n,
  18_446_574_943_418_162_452n,
  18_446_405_814_677_456_452n,
  18_446_067_561_848_037_075n,
  18_445_391_074_796_770_724n,
  18_444_038_175_121_343_084n,
  18_441_332_673_453_433_356n,
  18_435_922_860_645_626_565n,
  18_425_107_995_512_355_670n,
  18_403_497_294_144_690_436n,
  18_360_351_902_875_522_980n,
  18_274_364_334_997_527_826n,
  18_103_595_437_429_051_711n,
  17_766_830_094_921_732_434n,
  17_111_976_528_784_725_301n,
  15_873_789_951_854_343_338n,
  13_659_711_785_924_967_835n,
  10_114_940_898_457_186_593n,
];

/**
 * `½^(seconds ÷ 14 d)` as a whole number of 2⁻⁶⁴, the same on every machine. Whole half-lives shift; of the rest, each bit that is set, lowest first,
 * multiplies by its constant and rounds down: `kept = ⌊kept × KEPT[i] ÷ 2⁶⁴⌋`. At most 22 × 2⁻⁶⁴ too low. Throws PROTOCOL_OUT_OF_RANGE for
 * seconds that can't be.
 */
export function keptShare(seconds: UnixSeconds): bigint {
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    const value = String(seconds);
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "seconds", value, range: "0…2^53−1" });
  }
  const halvings = Math.floor(seconds / HALF_LIFE_SECONDS);
  let rest = seconds % HALF_LIFE_SECONDS;
  let kept = KEPT_ONE;
  for (const constant of KEPT) {
    if (rest % 2 === 1) kept = (kept * constant) >> SHARE_BITS;
    rest = Math.floor(rest / 2);
  }
  return kept >> BigInt(halvings);
}
