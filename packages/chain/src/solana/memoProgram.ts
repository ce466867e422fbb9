import { type Address, address } from "@solana/kit";

/** The Memo program, version 3: the one that clusters and litesvm have. The library's own default is a newer one. */
export const MEMO_PROGRAM: Address = /* @__PURE__ */ address("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
