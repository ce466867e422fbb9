/** The kinds of document that can be uploaded. */
export const MEDIA_TYPES = {
  txt: "text/plain",
  text: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  json: "application/json",
  jsonl: "application/jsonl",
  csv: "text/csv",
  html: "text/html",
  htm: "text/html",
} as const satisfies Readonly<Record<string, string>>;
export type MediaType = (typeof MEDIA_TYPES)[keyof typeof MEDIA_TYPES];

export type FoundType =
  | { readonly kind: "known"; readonly mediaType: MediaType }
  /** `name` is what the file says it is, for the refusal. */
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "notText" };

/**
 * What a file is, by the ending of its name, or by what its sender called it where the name has none; its bytes must be UTF-8 text. What a
 * reader of other formats would do (PDF, Word) is refused by name rather than guessed.
 */
export function findType(file: {
  readonly filename: string;
  readonly said: string;
  readonly bytes: Uint8Array;
}): FoundType {
  const ending = endingOf(file.filename);
  const mediaType = ending === undefined ? saidType(file.said) : typeOfEnding(ending);
  if (mediaType === undefined)
    return { kind: "unknown", name: ending === undefined ? file.said.slice(0, 100) : `.${ending}` };
  return isText(file.bytes) ? { kind: "known", mediaType } : { kind: "notText" };
}

/** Whether a kept text names one of the kinds. */
export function isMediaType(text: string): text is MediaType {
  return Object.values<string>(MEDIA_TYPES).includes(text);
}

function endingOf(filename: string): string | undefined {
  const dot = filename.lastIndexOf(".");
  return dot <= 0 || dot === filename.length - 1
    ? undefined
    : filename
        .slice(dot + 1)
        .toLowerCase()
        .slice(0, 16);
}

function typeOfEnding(ending: string): MediaType | undefined {
  return new Map<string, MediaType>(Object.entries(MEDIA_TYPES)).get(ending);
}

function saidType(said: string): MediaType | undefined {
  const bare = said.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return isMediaType(bare) ? bare : undefined;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
