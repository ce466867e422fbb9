import { appendFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { threadId } from "node:worker_threads";

/**
 * Loaded before a process's own modules: every byte that a TCP socket of it carries is also appended to a file of
 * `CORTENSOR_E2E_WIRES`, named `<command>.<pid>.<thread>.<socket>.<own port>.<other port>.<sent|received>`. What is recorded is what the
 * kernel is handed: TLS sockets, whose text isn't on the wire, are passed over, and so are pipes. Bytes that Node's HTTP parser takes
 * straight from a server's socket are recorded by who sent them alone.
 */
const folder = process.env.CORTENSOR_E2E_WIRES ?? "";
const COMMANDS = ["up", "router", "miner", "guard", "chain", "content"];
/** Both ends of a private network's door are commands of a chain. */
const ENDS = { serve: "door", enter: "agent" };
const at = process.argv.findIndex((part) => COMMANDS.includes(part));
const named = process.argv[at] ?? "other";
const command = (named === "chain" ? ENDS[process.argv[at + 1]] : undefined) ?? named;
const names = new WeakMap();
let sockets = 0;

function nameOf(socket) {
  const known = names.get(socket);
  if (known !== undefined) return known;
  if (socket.localPort === undefined || socket.remotePort === undefined) return undefined;
  sockets += 1;
  const name = [command, process.pid, threadId, sockets, socket.localPort, socket.remotePort].join(".");
  names.set(socket, name);
  return name;
}

function record(socket, side, bytes) {
  if (socket.encrypted === true) return;
  const name = nameOf(socket);
  if (name !== undefined) appendFileSync(join(folder, `${name}.${side}`), bytes);
}

const toBytes = (chunk, encoding) => (typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
const write = Socket.prototype._writeGeneric;

Socket.prototype._writeGeneric = function recorded(isMany, data, encoding, done) {
  // What waits for its connection comes by here again.
  if (!this.connecting) {
    const chunks = isMany ? data.map((one) => toBytes(one.chunk, one.encoding)) : [toBytes(data, encoding)];
    record(this, "sent", Buffer.concat(chunks));
  }
  return write.call(this, isMany, data, encoding, done);
};

Socket.prototype.push = function recorded(chunk, encoding) {
  if (chunk !== null) record(this, "received", toBytes(chunk, encoding));
  return Readable.prototype.push.call(this, chunk, encoding);
};
