import type { FilePurpose } from "@cortensor/data";
import { EXPIRY_SECONDS_MAX, EXPIRY_SECONDS_MIN, FILE_BYTES_MAX, FILENAME_CHARS_MAX } from "@cortensor/protocol";
import { z } from "zod";
import { invalidRequest } from "../apiError.js";
import { type RefusedRequest, refused } from "../parsedRequest.js";
import { FILE_TOO_LARGE, type UploadBody } from "./readUpload.js";

export type ParsedUpload = {
  readonly kind: "upload";
  readonly filename: string;
  readonly saidType: string;
  readonly purpose: FilePurpose;
  readonly content: Uint8Array;
  readonly expiresAfterSeconds: number | undefined;
};

export const purpose = z.enum(["assistants", "user_data"]);
const fields = z.object({
  purpose,
  "expires_after[anchor]": z.literal("created_at").optional(),
  "expires_after[seconds]": z.coerce.number().int().min(EXPIRY_SECONDS_MIN).max(EXPIRY_SECONDS_MAX).optional(),
});

/** The parts of `POST /v1/files`. What isn't used is refused by name, so that nobody takes it for kept. */
export async function parseUpload({ bytes, contentType }: UploadBody): Promise<ParsedUpload | RefusedRequest> {
  const form = await readForm(bytes, contentType);
  if (form === undefined) return refused(invalidRequest("The body is no form of parts.", "invalid_multipart"));
  const texts: Record<string, string> = {};
  let file: File | undefined;
  for (const [name, value] of form) {
    if (typeof value !== "string" && name === "file" && file === undefined) file = value;
    else if (typeof value === "string" && !Object.hasOwn(texts, name)) texts[name] = value;
    else
      return refused(
        invalidRequest(`The part '${name.slice(0, 64)}' is not expected.`, "invalid_value", name.slice(0, 64)),
      );
  }
  const parsed = fields.safeParse(texts);
  if (!parsed.success) {
    const param = String(parsed.error.issues[0]?.path[0] ?? "purpose");
    const code = Object.hasOwn(texts, param) ? "invalid_value" : "missing_required_parameter";
    return refused(invalidRequest(`Invalid or missing part '${param}'.`, code, param));
  }
  const { purpose: named, ...expiry } = parsed.data;
  const [anchor, seconds] = [expiry["expires_after[anchor]"], expiry["expires_after[seconds]"]];
  if ((anchor === undefined) !== (seconds === undefined)) {
    return refused(invalidRequest("'expires_after' has an anchor and seconds.", "invalid_value", "expires_after"));
  }
  if (file === undefined)
    return refused(invalidRequest("The part 'file' is missing.", "missing_required_parameter", "file"));
  if (file.size > FILE_BYTES_MAX) return refused(FILE_TOO_LARGE);
  if (!isFilename(file.name)) return refused(invalidRequest("The file's name can't be kept.", "invalid_value", "file"));
  const content = new Uint8Array(await file.arrayBuffer());
  return {
    kind: "upload",
    filename: file.name,
    saidType: file.type,
    purpose: named,
    content,
    expiresAfterSeconds: seconds,
  };
}

function isFilename(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  return name !== "" && name.length <= FILENAME_CHARS_MAX && !/[\u0000-\u001f\u007f/\\]/.test(name);
}

/** By the platform's own reader of forms. */
async function readForm(bytes: Buffer, contentType: string): Promise<FormData | undefined> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
