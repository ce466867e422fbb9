/** Every bound of the words themselves, in one place, with its reason. A role may be stricter, never looser. */

/** A prompt above this is refused at the router: it would hold an engine slot for minutes and a socket for seconds. */
export const PROMPT_BYTES_MAX = 1_048_576;
/** Messages of one chat. Each costs template tokens beyond its text; no conversation of use comes near. */
export const PROMPT_MESSAGES_MAX = 4_096;
/** Texts of one embedding request: as many as OpenAI's API takes. */
export const EMBEDDING_TEXTS_MAX = 2_048;
/** Stop texts of one request: the public API's own bound. */
export const STOP_TEXTS_MAX = 4;
/** Bytes of one stop text. A stop text is held back while it may be forming, so its length delays the stream. */
export const STOP_TEXT_BYTES_MAX = 256;
/** Biased token ids of one request. Each biased id is one more candidate at every token. */
export const LOGIT_BIAS_MAX = 300;
/** Largest absolute logit bias: beyond it nothing changes, −100 bans and 100 forces. */
export const LOGIT_BIAS_ABS_MAX = 100;
/** Candidates kept by top-K, and hashes per token of the canonical sampler. */
export const TOP_K_MAX = 40;
export const TEMPERATURE_MAX = 2;
/** Largest absolute presence or frequency penalty. */
export const PENALTY_ABS_MAX = 2;
/** Output tokens of one task: 128 Ki, the longest answer of any model served today. */
export const OUTPUT_TOKENS_MAX = 131_072;
/** Prompt tokens of one task: a prompt's bytes and its template's overhead. */
export const PROMPT_TOKENS_MAX = 2_097_152;
/** Copies of one task. Beyond seven a jury is cheaper than another copy. */
export const REDUNDANCY_MAX = 7;
/** Validators of one task. Beyond seven a jury is cheaper than another validator. */
export const VALIDATORS_MAX = 7;
/** The highest level that network tasks find. */
export const LEVEL_MAX = 10;
/** Miners that may follow one another on one replica. A task that lost this many is given up. */
export const SEGMENTS_MAX = 64;
/** Payees and results of one receipt: every segment of every replica. */
export const PAYEES_MAX = REDUNDANCY_MAX * SEGMENTS_MAX;
/** Leaves of one Merkle tree: an account's receipts of years, still built within seconds. */
export const MERKLE_LEAVES_MAX = 1_048_576;
/** Steps from a leaf to the root of such a tree. */
export const MERKLE_PATH_MAX = 20;
/** Steps of a recipe: two for each segment that came before, one per token at most. */
export const RECIPE_STEPS_MAX = 4_096;
/** Prefills that one prompt may have been run in: one for each turn of a conversation, and the last. */
export const PREFILLS_MAX = 64;
/** Tokens of each of several prefills: a run of one token goes through other kernels than one of many, and gives other bits. */
export const PREFILL_TOKENS_MIN = 8;
/** Largest logit that a candidate may carry. Real logits stay below 100; above this an engine is broken. */
export const LOGIT_ABS_MAX = 1_000_000;

/** Tokens that a chat template may add to a whole prompt: start marks, a default system line, the answer's opening. */
export const PROMPT_OVERHEAD_TOKENS = 96;
/** Tokens that a chat template may add around one message: role, separators, end mark. */
export const MESSAGE_OVERHEAD_TOKENS = 12;
/** A settlement set's chunk: what a challenge on chain asks for, small enough for one transaction. */
export const SET_CHUNK_BYTES_MAX = 4_096;
/** Payees of one entry: as many as fit a chunk beside its head. No task changes hands nearly as often. */
export const SET_PAYEES_MAX = 125;
/** Tasks of one settlement. */
export const SET_ENTRIES_MAX = 100_000;
/** A whole set: its most entries with 16 payees each. */
export const SET_BYTES_MAX = 67_108_864;
/** Chunks of one set; the most that SET_BYTES_MAX can need. */
export const SET_CHUNKS_MAX = 32_768;
/** A work record: what a settlement set may have, so that both are served and fetched alike. */
export const WORK_BYTES_MAX = SET_BYTES_MAX;
/** Tasks that began, and tasks that ended, in one record: as many ids as its bytes hold. */
export const WORK_TASKS_MAX = WORK_BYTES_MAX / 32;
/** Miners, models and kernel classes of one record: what two bytes can name. */
export const WORK_NAMES_MAX = 65_535;
/** Miners' signed words in one record: a guard checks each batch's signature, and has five seconds for a lane's at worst. */
export const WORK_WORDS_MAX = 4_096;
/** Epochs for which a task's work and its settlement wait for one another, and for what is found of it. */
export const WORK_KEPT_EPOCHS = 32;
/** Guards of one epoch: a quorum of them still fits one transaction of a few hundred thousand gas. */
export const GUARDS_MAX = 32;
/** Candidates that one choice of a guard set looks at: a list that a contract can still walk in one call. */
export const GUARD_CANDIDATES_MAX = 256;
/** Chains of one virtual block: the L2 and its L3s. */
export const BLOCK_CHAINS_MAX = 16;
/** Attestations of one virtual block: every kind for every chain, six epochs late. */
export const BLOCK_ATTESTATIONS_MAX = 512;
