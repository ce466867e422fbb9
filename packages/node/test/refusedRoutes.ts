/** Every route by which a router keeps or searches what a client gives it. */
export const DATA_ROUTES: readonly (readonly [method: string, path: string])[] = [
  ["POST", "/v1/files"],
  ["GET", "/v1/files"],
  ["GET", "/v1/files/file-1"],
  ["GET", "/v1/files/file-1/content"],
  ["DELETE", "/v1/files/file-1"],
  ["POST", "/v1/vector_stores"],
  ["GET", "/v1/vector_stores"],
  ["GET", "/v1/vector_stores/vs_1"],
  ["POST", "/v1/vector_stores/vs_1"],
  ["DELETE", "/v1/vector_stores/vs_1"],
  ["POST", "/v1/vector_stores/vs_1/search"],
  ["GET", "/v1/vector_stores/vs_1/collection"],
  ["GET", "/v1/vector_stores/vs_1/collection/export"],
  ["POST", "/v1/vector_stores/vs_1/files"],
  ["GET", "/v1/vector_stores/vs_1/files"],
  ["GET", "/v1/vector_stores/vs_1/files/file-1"],
  ["POST", "/v1/vector_stores/vs_1/files/file-1"],
  ["DELETE", "/v1/vector_stores/vs_1/files/file-1"],
  ["GET", "/v1/vector_stores/vs_1/files/file-1/content"],
  ["POST", "/v1/vector_stores/vs_1/file_batches"],
  ["GET", "/v1/vector_stores/vs_1/file_batches/vsfb_1"],
  ["POST", "/v1/vector_stores/vs_1/file_batches/vsfb_1/cancel"],
  ["GET", "/v1/vector_stores/vs_1/file_batches/vsfb_1/files"],
  ["GET", "/v1/responses/resp_1"],
  ["DELETE", "/v1/responses/resp_1"],
  ["POST", "/v1/conversations"],
  ["GET", "/v1/conversations/conv_1"],
  ["POST", "/v1/conversations/conv_1"],
  ["DELETE", "/v1/conversations/conv_1"],
  ["POST", "/v1/conversations/conv_1/items"],
  ["GET", "/v1/conversations/conv_1/items"],
  ["GET", "/v1/conversations/conv_1/items/msg_1"],
  ["DELETE", "/v1/conversations/conv_1/items/msg_1"],
];

/** What a bearer is told at each of them: status and code. */
export async function askDataRoutes(
  baseUrl: string,
  bearer: string,
): Promise<readonly { readonly route: string; readonly status: number; readonly code: unknown }[]> {
  const said: { readonly route: string; readonly status: number; readonly code: unknown }[] = [];
  for (const [method, path] of DATA_ROUTES) {
    const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
    if (method === "POST" && path !== "/v1/files") headers["content-type"] = "application/json";
    const body = method !== "POST" ? {} : { body: path === "/v1/files" ? aFile() : "{}" };
    const answer = await fetch(`${baseUrl}${path}`, { method, headers, ...body });
    const json: unknown = await answer.json();
    said.push({ route: `${method} ${path}`, status: answer.status, code: codeOf(json) });
  }
  return said;
}

function aFile(): FormData {
  const form = new FormData();
  form.set("purpose", "assistants");
  form.set("file", new Blob(["Nobody else reads this."], { type: "text/plain" }), "ward.txt");
  return form;
}

function codeOf(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("error" in json)) return undefined;
  const { error } = json;
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
