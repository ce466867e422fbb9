import type { CreatedFile, StoredFile } from "@cortensor/data";
import { FILES_LISTED_MAX } from "@cortensor/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { INVALID_KEY, invalidRequest } from "../apiError.js";
import { findCaller } from "../bearer.js";
import { clientSignal } from "../clientSignal.js";
import { sendOpenAiError } from "../sendError.js";
import { type Answered, type DataParts, dataRoute, fileNotFound, json, quotaReached, refuse } from "./dataRoute.js";
import { listBody, parsePage } from "./pageQuery.js";
import { parseUpload, purpose } from "./parseUpload.js";
import { readUpload, UploadBody } from "./readUpload.js";

type OfFile = FastifyRequest<{ Params: { file: string } }>;

/** `/v1/files`, as OpenAI has it: documents that questions can be answered from. */
export function addFileRoutes(server: FastifyInstance, parts: DataParts): void {
  const { files } = parts.data.desk;
  server.addContentTypeParser("multipart/form-data", (request, payload, done) =>
    readUpload(request.headers["content-type"] ?? "", payload, done),
  );
  server.post(
    "/v1/files",
    // Nobody's body is read before it is known who sends it.
    {
      onRequest: async (request, reply) => {
        const caller = await findCaller(parts.gateway, request.headers.authorization);
        if (caller === undefined) await sendOpenAiError(reply, INVALID_KEY);
      },
    },
    dataRoute(parts, async (owner, request) => {
      if (!(request.body instanceof UploadBody)) return refuse(NO_FORM);
      const parsed = await parseUpload(request.body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const { kind: _, ...file } = parsed;
      return toAnswer(await files.create(owner, file));
    }),
  );
  server.get<{ Querystring: { purpose?: string } }>(
    "/v1/files",
    dataRoute(parts, async (owner, request: FastifyRequest<{ Querystring: { purpose?: string } }>) => {
      const read = parsePage(request.query, { most: FILES_LISTED_MAX, fallback: FILES_LISTED_MAX });
      if (read.kind === "refused") return refuse(read.error);
      const wanted = purpose.optional().safeParse(request.query.purpose);
      if (!wanted.success) return refuse(invalidRequest("Invalid value for 'purpose'.", "invalid_value", "purpose"));
      const { limit } = read.page;
      const found = await files.list(owner, { ...read.page, limit: limit + 1, purpose: wanted.data });
      return json(listBody(found.map(fileObject), limit));
    }),
  );
  server.get<{ Params: { file: string } }>(
    "/v1/files/:file",
    dataRoute(parts, async (owner, { params }: OfFile) => {
      const file = await files.find(owner, params.file);
      return file === undefined ? refuse(fileNotFound(params.file)) : json(fileObject(file));
    }),
  );
  server.get<{ Params: { file: string } }>(
    "/v1/files/:file/content",
    dataRoute(parts, async (owner, { params }: OfFile, reply) => {
      const bytes = await files.read(owner, params.file, clientSignal(reply));
      if (bytes === undefined) return refuse(fileNotFound(params.file));
      return { kind: "bytes", bytes, type: "application/octet-stream" };
    }),
  );
  server.delete<{ Params: { file: string } }>(
    "/v1/files/:file",
    dataRoute(parts, async (owner, { params }: OfFile) => {
      const isGone = await files.remove(owner, params.file);
      return isGone ? json({ id: params.file, object: "file", deleted: true }) : refuse(fileNotFound(params.file));
    }),
  );
}

function toAnswer(created: CreatedFile): Answered {
  if (created.kind === "created") return json(fileObject(created.file));
  if (created.kind === "full") return refuse(quotaReached(created.most));
  if (created.kind === "notText") {
    return refuse(invalidRequest("The file is not UTF-8 text.", "unsupported_file_type", "file"));
  }
  const message = `Files of type '${created.name}' can't be read here: ${READABLE} can.`;
  return refuse(invalidRequest(message, "unsupported_file_type", "file"));
}

const READABLE = "plain text, Markdown, JSON, JSON Lines, CSV and HTML";
const NO_FORM = invalidRequest("A file is uploaded as multipart/form-data.", "invalid_multipart");

function fileObject(file: StoredFile) {
  return {
    id: file.id,
    object: "file",
    bytes: file.bytes,
    created_at: file.createdSeconds,
    expires_at: file.expiresSeconds ?? null,
    filename: file.filename,
    purpose: file.purpose,
    status: "processed",
    status_details: null,
  };
}
