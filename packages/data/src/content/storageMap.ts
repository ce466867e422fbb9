/** How much of a session others may read: its `privacy`. */
export const PRIVACY_LEVELS = ["open", "sealed", "private"] as const;
export type Privacy = (typeof PRIVACY_LEVELS)[number];

/** What stands on a chain of a datum: its CID (or hash), a root that covers it, or nothing. */
export type OnChain = "cid" | "root" | "nothing";
/** What peers may be given of it. */
export type InContent = "plain" | "ciphertext" | "nothing";
/** What the operator's database may hold of it. */
export type InPostgres = "plain" | "ciphertext" | "nothing";
export type Place = { readonly chain: OnChain; readonly content: InContent; readonly postgres: InPostgres };

/** How long a datum's pin holds: a dispute window after it was put, until it is taken away, or until its keys are destroyed. */
export type Retention = "disputeWindow" | "forever" | "untilShredded";

type Row = { readonly says: string; readonly retention: Retention } & { readonly [Level in Privacy]: Place };

/** A client's own words: readable by peers only where the session is open, and never in an operator's database. */
const WORDS = {
  open: { chain: "cid", content: "plain", postgres: "nothing" },
  sealed: { chain: "cid", content: "ciphertext", postgres: "nothing" },
  private: { chain: "root", content: "ciphertext", postgres: "nothing" },
} as const;
/** What anybody needs to recompute balances, scores and verdicts: holds no words, and is public at each level. */
const PUBLIC = { chain: "cid", content: "plain", postgres: "plain" } as const;
/** What a client keeps for itself: nobody else has a use for it in the clear. */
const OWN = {
  open: { chain: "root", content: "ciphertext", postgres: "nothing" },
  sealed: { chain: "root", content: "ciphertext", postgres: "nothing" },
  private: { chain: "root", content: "ciphertext", postgres: "nothing" },
} as const;

/** Where each kind of datum stands, per privacy level. The one table: code asks it, and the docs show it. */
export const STORAGE_MAP = {
  prompt: { says: "what a client asks, as the model's template makes it", retention: "disputeWindow", ...WORDS },
  request: { says: "a request with its parameters, as a body of the queue", retention: "disputeWindow", ...WORDS },
  completion: { says: "the text that a model answered", retention: "disputeWindow", ...WORDS },
  segmentBody: { says: "token ids and recipe that a result commits to", retention: "disputeWindow", ...WORDS },
  fingerprints: {
    says: "fingerprints of a result's tokens: they tell of the text",
    retention: "disputeWindow",
    open: { chain: "root", content: "plain", postgres: "nothing" },
    sealed: { chain: "root", content: "ciphertext", postgres: "nothing" },
    private: { chain: "root", content: "ciphertext", postgres: "nothing" },
  },
  result: {
    says: "a miner's signed statement: counts, roots, commitments",
    retention: "disputeWindow",
    open: { chain: "root", content: "plain", postgres: "plain" },
    sealed: { chain: "root", content: "plain", postgres: "plain" },
    private: { chain: "root", content: "nothing", postgres: "plain" },
  },
  settlementSet: { says: "the receipts that a settlement pays", retention: "forever", ...publicOf(PUBLIC) },
  workRecord: { says: "all tasks of a router in an epoch", retention: "forever", ...publicOf(PUBLIC) },
  verdictDocument: { says: "a validator's outcomes of an epoch", retention: "forever", ...publicOf(PUBLIC) },
  manifest: { says: "what a data set or collection consists of", retention: "forever", ...publicOf(PUBLIC) },
  dataset: {
    says: "a data set for the market, its terms on chain",
    retention: "forever",
    open: { chain: "cid", content: "plain", postgres: "nothing" },
    sealed: { chain: "cid", content: "ciphertext", postgres: "nothing" },
    private: { chain: "root", content: "ciphertext", postgres: "nothing" },
  },
  file: { says: "a client's uploaded file", retention: "untilShredded", ...OWN },
  vectors: { says: "a client's vector collection", retention: "untilShredded", ...OWN },
  conversation: { says: "a conversation's state, or a prefix cache", retention: "untilShredded", ...OWN },
  dataKey: {
    says: "keys of encrypted objects, wrapped for their readers",
    retention: "untilShredded",
    open: { chain: "nothing", content: "nothing", postgres: "ciphertext" },
    sealed: { chain: "nothing", content: "nothing", postgres: "ciphertext" },
    private: { chain: "nothing", content: "nothing", postgres: "ciphertext" },
  },
} as const satisfies Readonly<Record<string, Row>>;

export type DatumKind = keyof typeof STORAGE_MAP;
export const DATUM_KINDS: readonly DatumKind[] = Object.keys(STORAGE_MAP).filter(isDatumKind);

export function isDatumKind(text: string): text is DatumKind {
  return Object.hasOwn(STORAGE_MAP, text);
}

/** Where a datum stands. */
export function placeOf(kind: DatumKind, privacy: Privacy): Place {
  return STORAGE_MAP[kind][privacy];
}

/** Whether a datum may be put where peers find it, in this form. Ciphertext may stand wherever plain bytes may. */
export function mayPublish(kind: DatumKind, privacy: Privacy, form: "plain" | "ciphertext"): boolean {
  const { content } = placeOf(kind, privacy);
  return content === "plain" || content === form;
}

/** When a pin of a datum runs out, in chain seconds; undefined for never by itself. */
export function retainUntil(
  kind: DatumKind,
  { nowSeconds, disputeWindowSeconds }: { readonly nowSeconds: number; readonly disputeWindowSeconds: number },
): number | undefined {
  return STORAGE_MAP[kind].retention === "disputeWindow" ? nowSeconds + disputeWindowSeconds : undefined;
}

function publicOf<Given extends Place>(place: Given): { readonly [Level in Privacy]: Given } {
  return { open: place, sealed: place, private: place };
}
