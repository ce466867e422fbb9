import type { MediaType } from "./fileTypes.js";
import { htmlText } from "./htmlText.js";

/** The text of a document, as it is cut and searched. Line ends are `\n`; a byte order mark is left out. */
export function extractText(bytes: Uint8Array, mediaType: MediaType): string {
  const text = new TextDecoder("utf-8").decode(bytes).replace(/\r\n?/g, "\n");
  return mediaType === "text/html" ? htmlText(text) : text;
}
