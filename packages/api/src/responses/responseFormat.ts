import type { AnswerFormat, AnswerIdentity } from "../answerFormat.js";
import type { ApiError } from "../apiError.js";
import type { ResponseEcho } from "./parseResponseRequest.js";
import { citationsOf, messageItem, responseObject, searchItem, textPart } from "./responseObject.js";

/** `response`, whole and as the events of OpenAI's stream, numbered from 0 on. */
export function responseFormat(identity: AnswerIdentity, echo: ResponseEcho): AnswerFormat {
  const { found, keep } = identity;
  const kept = { isStored: echo.isStored, conversation: echo.conversation };
  const [messageId, searchId] = [`msg_${identity.taskId.slice(2)}`, `fs_${identity.taskId.slice(2)}`];
  const searchOf = (status: "in_progress" | "completed") =>
    found === undefined ? [] : [searchItem(searchId, found, { status, showsResults: echo.showsResults })];
  const searched = searchOf("completed");
  const at = searched.length;
  const begun = responseObject(identity, { echo, output: [] });
  const place = { item_id: messageId, output_index: at, content_index: 0 };
  let sequence = 0;
  const event = (type: string, fields: object): string => {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields });
    sequence += 1;
    return `event: ${type}\ndata: ${data}\n\n`;
  };
  const opening = [
    event("response.created", { response: begun }),
    event("response.in_progress", { response: begun }),
    ...searchEvents(event, { id: searchId, begun: searchOf("in_progress"), searched }),
    event("response.output_item.added", { output_index: at, item: messageItem(messageId, "in_progress", []) }),
    event("response.content_part.added", { ...place, part: textPart("", []) }),
  ].join("");
  const said = (text: string, reason: "stop" | "length") => {
    const annotations = citationsOf(found, text);
    const part = textPart(text, annotations);
    const item = messageItem(messageId, reason === "length" ? "incomplete" : "completed", [part]);
    return { annotations, part, item, output: [...searched, item] };
  };
  const asWhole = (...[text, reason, ended]: Parameters<AnswerFormat["whole"]>) =>
    responseObject(identity, {
      echo,
      output: said(text, reason).output,
      end: { reason, ended },
      ...kept,
    });
  return {
    opening,
    text: (text) => event("response.output_text.delta", { ...place, delta: text, logprobs: [] }),
    isCiting: true,
    finish(reason, ended, text) {
      const { annotations, part, item } = said(text, reason);
      const type = reason === "length" ? "response.incomplete" : "response.completed";
      return [
        ...annotations.map((annotation, index) =>
          event("response.output_text.annotation.added", { ...place, annotation_index: index, annotation }),
        ),
        event("response.output_text.done", { ...place, text, logprobs: [] }),
        event("response.content_part.done", { ...place, part }),
        event("response.output_item.done", { output_index: at, item }),
        event(type, { response: asWhole(text, reason, ended) }),
      ].join("");
    },
    usage: () => "",
    end: "",
    failure: (error) => responseFailure(error, sequence),
    whole: (...said) => JSON.stringify(asWhole(...said)),
    ...(keep && {
      keep: async (...said) => {
        const response = asWhole(...said);
        const { isStored, isAdded } = await keep({ id: response.id, text: said[0], response });
        Object.assign(kept, { isStored, ...(isAdded ? {} : { conversation: null }) });
      },
    }),
  };
}

/** That files were searched, before the model was asked. */
function searchEvents(
  event: (type: string, fields: object) => string,
  {
    id,
    begun,
    searched,
  }: { readonly id: string; readonly begun: readonly object[]; readonly searched: readonly object[] },
): readonly string[] {
  return [
    ...begun.map((item) => event("response.output_item.added", { output_index: 0, item })),
    ...searched.flatMap((item) => [
      ...["in_progress", "searching", "completed"].map((step) =>
        event(`response.file_search_call.${step}`, { output_index: 0, item_id: id }),
      ),
      event("response.output_item.done", { output_index: 0, item }),
    ]),
  ];
}

/** A stream's last event when it fails: fields where the types of OpenAI's client have them, and `error`, by which it throws. */
export function responseFailure(
  { code, message, type, param = null }: Omit<ApiError, "param"> & { readonly param?: string | null },
  sequence = 0,
): string {
  const error = { message, type, param, code };
  const data = JSON.stringify({ type: "error", sequence_number: sequence, code, message, param, error });
  return `event: error\ndata: ${data}\n\n`;
}
