import { writeSync } from "node:fs";
import { connectDatabase, silentLogger, systemClock } from "@cortensor/runtime";
import {
  createPostgresOutbox,
  createSinkPump,
  NO_SINK_METRICS,
  OWN_POLICY,
  openSink,
  parseSinkTarget,
  type SinkOutbox,
} from "../src/index.js";

/**
 * A pump in a process of its own, that dies by itself after a number of deliveries: `before` or `after` it acknowledged the last.
 * Says a dot for each delivery.
 */
const [outboxUrl = "", target = "", session = "0x", dies = "after", deliveries = "1"] = process.argv.slice(2);
const pool = connectDatabase({ url: outboxUrl, max: 2 });
const outbox = await createPostgresOutbox({ pool, clock: systemClock });
let left = Number(deliveries);
const dying: SinkOutbox = {
  ...outbox,
  read: (of, page) => outbox.read(of, { ...page, recordsMax: Math.min(page.recordsMax, 7) }),
  async acknowledge(lease, through) {
    const isLast = through > 0 && --left === 0;
    if (isLast && dies === "before") process.kill(process.pid, "SIGKILL");
    const isMine = await outbox.acknowledge(lease, through);
    writeSync(1, ".");
    if (isLast) process.kill(process.pid, "SIGKILL");
    return isMine;
  },
};
const sink = openSink(parseSinkTarget(target), { policy: OWN_POLICY, clock: systemClock });
await createSinkPump({
  session: session as `0x${string}`,
  sink,
  outbox: dying,
  holder: "child",
  clock: systemClock,
  random: () => 0.5,
  log: silentLogger,
  metrics: NO_SINK_METRICS,
}).run(new AbortController().signal);
