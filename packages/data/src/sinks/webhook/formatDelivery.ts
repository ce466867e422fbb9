import { createHash } from "node:crypto";
import { formatSinkRecord } from "../record/sinkRecord.js";
import type { SinkBatch } from "../sink.js";

export const WEBHOOK_EVENT = "cortensor.session.records";

/**
 * A batch as one event. The id, which is also the idempotency key, names session, first and last record, and the body's hash: the
 * same id has the same body.
 */
export function formatDelivery(batch: SinkBatch): { readonly id: string; readonly body: string } {
  const { session, records, goneThrough } = batch;
  const first = records[0]?.sequence ?? 0;
  const last = records.at(-1)?.sequence ?? 0;
  const list = records.map(formatSinkRecord).join(",");
  const body = `{"first":${first},"goneThrough":${goneThrough},"last":${last},"records":[${list}],"session":"${session}","type":"${WEBHOOK_EVENT}"}`;
  const hash = createHash("sha256").update(body).digest("hex").slice(0, HASH_CHARACTERS);
  return { id: `msg_${session.slice(2)}_${first}_${last}_${hash}`, body };
}

const HASH_CHARACTERS = 16;
