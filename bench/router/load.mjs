import { connect } from "node:net";

/**
 * A load generator on bare sockets, the same for every arm: it costs little beside what it measures.
 * Arguments by environment: LOAD = {port, connections, seconds, path, headers, body, stream}, or `requests` for `seconds`: as many, however long.
 * Prints one JSON object: finished answers, failures, events seen, latencies, and the task ids that the answers named.
 */
const {
  port,
  connections,
  seconds = Infinity,
  requests = Infinity,
  path,
  headers,
  body,
  stream,
} = JSON.parse(process.env.LOAD);
const payload = Buffer.from(JSON.stringify(body));
const request = Buffer.concat([
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${payload.length}\r\n${Object.entries(
      headers,
    )
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`,
  ),
  payload,
]);

const seen = { finished: 0, failed: 0, events: 0, bytes: 0, statuses: {}, latenciesUs: [], tasks: [] };
const endsAt = performance.now() + seconds * 1000;
let sent = 0;

/** Where the answer's body ends, or undefined while more must come. Understands content-length and chunked bodies. */
function completeAt(text) {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const lower = text.slice(0, head).toLowerCase();
  const length = /content-length: (\d+)/.exec(lower);
  if (length !== null) {
    const end = head + 4 + Number(length[1]);
    return text.length >= end ? { head, end } : undefined;
  }
  const last = text.indexOf("\r\n0\r\n\r\n", head + 2);
  return last < 0 ? undefined : { head, end: last + 7 };
}

function countAnswer(text, head, startedAt) {
  const status = text.slice(9, 12);
  seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
  const whole = status === "200" && (!stream || text.includes("data: [DONE]"));
  seen[whole ? "finished" : "failed"] += 1;
  seen.latenciesUs.push(Math.round((performance.now() - startedAt) * 1000));
  const task = /x-cortensor-task: (0x[0-9a-f]{64})/i.exec(text.slice(0, head));
  if (task !== null) seen.tasks.push(task[1]);
  if (stream) seen.events += text.split("data: {").length - 1;
}

/** One connection, one request at a time, until the time is over. */
function worker() {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    let startedAt = 0;
    const send = () => {
      if (sent >= requests || performance.now() >= endsAt) return socket.end();
      sent += 1;
      startedAt = performance.now();
      socket.write(request);
    };
    socket.setEncoding("latin1");
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      text += chunk;
      seen.bytes += chunk.length;
      const done = completeAt(text);
      if (done === undefined) return;
      countAnswer(text.slice(0, done.end), done.head, startedAt);
      text = text.slice(done.end);
      send();
    });
    socket.on("error", () => {
      seen.failed += 1;
    });
    socket.on("close", resolve);
  });
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: connections }, worker));
const elapsed = (performance.now() - startedAt) / 1000;
const sorted = seen.latenciesUs.sort((a, b) => a - b);
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const { latenciesUs: _, ...counts } = seen;
process.stdout.write(
  JSON.stringify({ ...counts, seconds: elapsed, perSecond: seen.finished / elapsed, p50Us: at(0.5), p99Us: at(0.99) }),
);
