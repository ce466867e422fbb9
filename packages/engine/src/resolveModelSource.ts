import { createHash } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { EngineError } from "./engineError.js";

export type ModelSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "url"; readonly url: string; readonly path: string };

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.gguf$/i;
const HUB_SOURCE =
  /^([A-Za-z0-9][\w.-]{0,95})\/([A-Za-z0-9][\w.-]{0,95})\/((?:[\w.-]{1,200}\/){0,8}[\w.-]{1,200}\.gguf)$/i;

/** Says what a model source means, and for a download where it is kept: one folder per source, so that equal names don't meet. */
export function resolveModelSource(
  source: string,
  options: { readonly folder: string; readonly baseUrl: string },
): ModelSource {
  if (/^https?:\/\//i.test(source)) return urlSource(source, options.folder);
  if (isAbsolute(source) || source.startsWith(".") || /^[A-Za-z]:\\/.test(source))
    return { kind: "path", path: source };
  if (source.includes("://")) return refuse("only http and https URLs are fetched");
  const hub = HUB_SOURCE.exec(source);
  if (hub === null || source.includes("..")) return { kind: "path", path: source };
  const [, owner, repo, file] = hub;
  return urlSource(`${options.baseUrl.replace(/\/+$/, "")}/${owner}/${repo}/resolve/main/${file}`, options.folder);
}

function urlSource(text: string, folder: string): ModelSource {
  if (!URL.canParse(text)) return refuse("the URL can't be read");
  const url = new URL(text);
  const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  if (!FILE_NAME.test(name)) return refuse("the URL doesn't end in the name of a .gguf file");
  const place = createHash("sha256").update(url.href).digest("hex").slice(0, 16);
  return { kind: "url", url: url.href, path: join(folder, place, name) };
}

function refuse(reason: string): never {
  throw new EngineError({ code: "ENGINE_MODEL_SOURCE_REFUSED", reason });
}
