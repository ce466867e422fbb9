/** Elements whose content is no text of the page. */
const UNSEEN = ["script", "style", "noscript", "template", "head", "svg"];
/** Elements that begin a new line. */
const BLOCKS =
  /^\/?(address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)$/;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
]);
/** Digits of a character's number that are read. */
const ENTITY_CHARS_MAX = 10;
const CODE_POINT_MAX = 0x10ffff;

/**
 * The words of a page, for searching: tags, comments and what no reader sees are left out, blocks become lines. One pass from left to right, whatever is
 * malformed. It makes nothing safe to show as HTML.
 */
export function htmlText(html: string): string {
  let out = "";
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) return tidy(out + decode(html.slice(at)));
    out += decode(html.slice(at, open));
    if (html.startsWith("<!--", open)) {
      at = after(html, "-->", open + 4);
      continue;
    }
    if (!/[a-zA-Z/!?]/.test(html[open + 1] ?? "")) {
      out += "<";
      at = open + 1;
      continue;
    }
    const name = /^\/?[a-zA-Z][a-zA-Z0-9]*/.exec(html.slice(open + 1, open + 33))?.[0].toLowerCase() ?? "";
    at = after(html, ">", open);
    if (UNSEEN.includes(name)) at = afterElement(html, name, at);
    else if (BLOCKS.test(name)) out += "\n";
  }
  return tidy(out);
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found < 0 ? html.length : found + mark.length;
}

function afterElement(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}[\\s>]`, "gi");
  end.lastIndex = from;
  const found = end.exec(html);
  return found === null ? html.length : after(html, ">", found.index);
}

function decode(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES.get(name.toLowerCase()) ?? whole;
    if (name.length > ENTITY_CHARS_MAX) return whole;
    const code = name[1]?.toLowerCase() === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return Number.isInteger(code) && code > 0 && code <= CODE_POINT_MAX ? String.fromCodePoint(code) : whole;
  });
}

function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
