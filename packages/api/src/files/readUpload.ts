import type { IncomingMessage } from "node:http";
import { FILE_BYTES_MAX } from "@cortensor/protocol";
import { type ApiError, invalidRequest, UNAVAILABLE } from "../apiError.js";
import { BODY_DRAIN_BYTES_MAX, UPLOAD_BYTES_MAX, UPLOADS_MAX } from "../limits.js";
import { RefusedError } from "../readJsonBody.js";

/** A body of parts, as it came. */
export class UploadBody {
  readonly bytes: Buffer;
  readonly contentType: string;
  constructor(bytes: Buffer, contentType: string) {
    this.bytes = bytes;
    this.contentType = contentType;
  }
}

let reading = 0;

/**
 * Reads a multipart body whole, within its bound. One that is larger is drained a little, so that its sender reads the 413. Few are read at once: each
 * takes its size in memory.
 */
export function readUpload(
  contentType: string,
  payload: IncomingMessage,
  done: (error: Error | null, body?: unknown) => void,
): void {
  if (reading >= UPLOADS_MAX) {
    payload.resume();
    done(new RefusedError(UNAVAILABLE));
    return;
  }
  reading += 1;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  const finish = (error: Error | null, body?: UploadBody): void => {
    if (isOver) return;
    isOver = true;
    reading -= 1;
    done(error, body);
  };
  payload.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= UPLOAD_BYTES_MAX) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > UPLOAD_BYTES_MAX + BODY_DRAIN_BYTES_MAX) payload.destroy();
  });
  payload.once("error", finish);
  payload.once("close", () => finish(new RefusedError(CUT_OFF)));
  payload.once("end", () => {
    if (bytes > UPLOAD_BYTES_MAX) finish(new RefusedError(FILE_TOO_LARGE));
    else finish(null, new UploadBody(Buffer.concat(chunks), contentType));
  });
}

const CUT_OFF = invalidRequest("The upload was cut off.", "invalid_request");

export const FILE_TOO_LARGE: ApiError = {
  status: 413,
  type: "invalid_request_error",
  code: "file_too_large",
  message: `A file has at most ${FILE_BYTES_MAX} bytes.`,
};
