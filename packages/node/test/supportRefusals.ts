import type { Feature } from "@cortensor/api";
import type { Privacy } from "@cortensor/protocol";
import { SealedClient } from "./sealedClient.js";
import type { Said } from "./sinkNetwork.js";
import type { Cast } from "./supportCast.js";
import { aRequest, until } from "./testNetwork.js";

export type SaidNo = { readonly code: string; readonly text: string };

/** What a client is told that asks for a feature, by every door that has a place for it. */
export async function askRefused(cast: Cast, feature: Feature, privacy: Privacy): Promise<readonly SaidNo[]> {
  switch (feature) {
    case "tools":
      return [await chat(cast, { tools: [{ type: "function", function: { name: "now" } }] })];
    case "fileSearch":
      return [
        await chat(cast, { tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] }),
        noOf(await cast.door.call("GET", "/v1/files")),
      ];
    case "embeddings":
      return [noOf(await cast.door.call("POST", "/v1/embeddings", { body: { model: cast.model, input: ["one"] } }))];
    case "sessionQueue":
    case "oracle":
      return [await enqueued(cast, privacy, feature === "oracle")];
    default:
      return byItsDoors(cast, feature, privacy);
  }
}

/** A session whose words are sealed has one door. */
async function byItsDoors(cast: Cast, feature: Feature, privacy: Privacy): Promise<readonly SaidNo[]> {
  const more = { streaming: { stream: true }, stopRules: { stop: ["four"] } };
  const asked = feature === "streaming" || feature === "stopRules" ? more[feature] : {};
  return [privacy === "open" ? await chat(cast, asked) : await sealed(cast)];
}

async function chat(cast: Cast, more: object): Promise<SaidNo> {
  const messages = [{ role: "user", content: "Where does Malenda live?" }];
  return noOf(await cast.door.call("POST", "/v1/chat/completions", { body: { model: cast.model, messages, ...more } }));
}

async function sealed(cast: Cast): Promise<SaidNo> {
  const body = new SealedClient(cast, "hello").ask;
  return noOf(await cast.door.call("POST", "/api/v1/assignments", { body }));
}

/** Nobody waits for an answer there: the router says it to its log. */
async function enqueued(cast: Cast, privacy: Privacy, isOfContract: boolean): Promise<SaidNo> {
  cast.queue.enqueue(aRequest(cast, "hello", { maxTokens: 8 }), { privacy, isOfContract });
  const saidNo = () => cast.warned.find(({ code }) => code !== undefined);
  await until(() => saidNo() !== undefined);
  const { code, message } = saidNo() ?? {};
  return { code: String(code), text: String(message) };
}

function noOf({ json, text, status }: Said): SaidNo {
  const { error } = json;
  const inner = typeof error === "object" && error !== null && "code" in error ? error.code : json.code;
  return { code: status < 400 ? "served" : String(inner), text };
}
