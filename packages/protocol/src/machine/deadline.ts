import type { UnixSeconds } from "../primitives.js";
import { isSecond } from "./step.js";

/** Why an event comes at the wrong time. */
export type TimeRefusal = "outOfRange" | "clockBack" | "ended" | "notDue" | "deadlineDue";

/**
 * Whether a machine takes an event at a second, as far as time goes: nothing after the end, `expire` from the deadline's second on, everything else
 * before it.
 */
export function timeRefusal(
  task: { readonly atSeconds: UnixSeconds; readonly deadlineSeconds: UnixSeconds; readonly isEnded: boolean },
  event: { readonly isExpire: boolean; readonly nowSeconds: UnixSeconds },
): TimeRefusal | undefined {
  const { isExpire, nowSeconds } = event;
  if (!isSecond(nowSeconds)) return "outOfRange";
  if (task.isEnded) return "ended";
  if (nowSeconds < task.atSeconds) return "clockBack";
  const isDue = nowSeconds >= task.deadlineSeconds;
  if (isExpire) return isDue ? undefined : "notDue";
  return isDue ? "deadlineDue" : undefined;
}
