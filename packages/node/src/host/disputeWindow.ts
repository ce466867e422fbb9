/** An operator's part of a settlement is withdrawable after 48 h at the latest: nothing hangs on what was said in between any more. */
export const DISPUTE_WINDOW_SECONDS = 48 * 3_600;
