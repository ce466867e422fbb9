import { isRefusalCode, type Refusal } from "@cortensor/api";
import { SinkError } from "@cortensor/data";
import { CodedError } from "@cortensor/protocol";
import { SdkError, type SdkErrorData } from "@cortensor/sdk";

/** What a client's failure is to whoever asked through the proxy. Undefined: nothing that was foreseen. */
export function proxyRefusal(error: unknown): Refusal | undefined {
  if (error instanceof SdkError) return refusalOf(error.data);
  if (error instanceof SinkError) return sinkRefusal(error);
  if (error instanceof CodedError && error.isRetryable) {
    return { code: "router_unreachable", message: "The proxy can't reach its network now." };
  }
  return undefined;
}

/** Nothing is answered that can't be written down. */
function sinkRefusal({ code }: SinkError): Refusal {
  const message =
    code === "SINK_FULL"
      ? "As much waits for the proxy's sink as may. Nothing of it is given up; new tasks wait until it takes records again."
      : "The proxy can't write down what it asks: its outbox's file fails.";
  return { code: "sink_full", message, retryAfterSeconds: SINK_RETRY_SECONDS };
}

/** A sink that is back is found within it. */
const SINK_RETRY_SECONDS = 60;

function refusalOf(data: SdkErrorData): Refusal | undefined {
  switch (data.code) {
    case "SDK_REFUSED":
      return passedOn(data);
    case "SDK_SEALED_UNSUPPORTED":
      return unsealable(data.option, `'${data.option}' can't be had sealed.`);
    case "SDK_PREKEY_FAULT":
      return fault(`The miner's prekeys aren't what the chain says: ${data.fault}. Nothing was sealed to them.`);
    case "SDK_ASSIGNMENT_FAULT":
      return fault(`The router's assignment isn't what was asked for: ${data.fault}. Nothing was sealed.`);
    case "SDK_SEALED_ANSWER_FAULT":
      return fault(`The answer isn't what its miner signed: ${data.fault}. It isn't to be trusted.`);
    case "SDK_GUARD_KEYS":
      return fault("Too few guards show keys to share the task's key out among. Nothing was asked.");
    case "SDK_FOREIGN_DEBIT":
    case "SDK_DEBIT_TOO_LARGE":
      return fault("The router asks for a debit that isn't owed. It wasn't signed.");
    case "SDK_UNREACHABLE":
      return { code: "router_unreachable", message: "The proxy can't reach its router." };
    case "SDK_TIMED_OUT":
      return { code: "timeout", message: "The router was silent for too long." };
    case "SDK_ABORTED":
    case "SDK_STREAM_CUT":
      return { code: "miner_failed", message: "The answer ended before it was complete." };
    case "SDK_BAD_ANSWER":
      return { code: "router_refused", message: "The router answered something that isn't Cortensor's." };
    default:
      return undefined;
  }
}

/** What no sealed session has, by the field that asked for it. */
export function unsealable(param: string, message: string): Refusal {
  return { code: "sealed_unsupported", param, message };
}

function fault(message: string): Refusal {
  return { code: "sealing_fault", message };
}

/** A router's own refusal keeps its code; what it refused of the proxy itself, as its key, isn't its client's doing. */
function passedOn(data: Extract<SdkErrorData, { code: "SDK_REFUSED" }>): Refusal {
  const { reason, detail, param, retryAfterSeconds } = data;
  const said = {
    message: detail,
    ...(param === undefined ? {} : { param }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  if (reason === "context_length_exceeded") return { code: "prompt_too_long", ...said };
  if (isRefusalCode(reason)) return { code: reason, ...said };
  return { ...said, code: "router_refused", message: `The router refused the proxy: ${reason}. ${detail}` };
}
