/** Files of one owner. */
export const OWNER_FILES_MAX = 1_000;
/** Bytes of all files of one owner. */
export const OWNER_BYTES_MAX = 268_435_456;
/** Expired files taken away by one round: each is a few statements. */
export const SWEPT_FILES_MAX = 100;
