import { ORACLE_TEXT_BYTES_MAX, type OracleQuestion } from "@cortensor/chain";
import {
  encodePrompt,
  hexToBytes,
  type Prompt,
  promptCommit,
  requestCid,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";

/** What the contract sets before a schema. */
const SCHEMA_LINE = "Answer with one value of this JSON schema and nothing else: ";

type Chat = Extract<Prompt, { kind: "chat" }>;

export type PlannedQuestion = {
  /** What the miners are asked: a schema goes before the question. */
  readonly messages: Chat["messages"];
  readonly asked: OracleQuestion["asked"];
  /** What its CID names; undefined for a question that is on chain. */
  readonly body: Uint8Array | undefined;
};

/** How a question goes to the oracle: on chain as long as it fits, else by the CID of the same chat. In the open both ways, so without a salt. */
export function planQuestion(text: string, schema: string): PlannedQuestion {
  const user = { role: "user", content: text } as const;
  const messages: Chat["messages"] =
    schema === "" ? [user] : [{ role: "system", content: `${SCHEMA_LINE}${schema}` }, user];
  if (utf8ToBytes(text).length <= ORACLE_TEXT_BYTES_MAX) {
    return { messages, asked: { kind: "text", text }, body: undefined };
  }
  const prompt: Prompt = { kind: "chat", messages };
  const body = new Uint8Array([...hexToBytes(ZERO_BYTES32), ...encodePrompt(prompt)]);
  const asked = { kind: "cid", cid: requestCid(body), promptCommit: promptCommit(ZERO_BYTES32, prompt) } as const;
  return { messages, asked, body };
}
