import { ByteReader } from "../byteReader.js";
import { bytesToHex, sha256Bytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import {
  MERKLE_PATH_MAX,
  PAYEES_MAX,
  SET_CHUNK_BYTES_MAX,
  WORK_BYTES_MAX,
  WORK_NAMES_MAX,
  WORK_TASKS_MAX,
  WORK_WORDS_MAX,
} from "../limits.js";
import { type Address, type Bytes32, isAddress, isBytes32 } from "../primitives.js";
import { setTree } from "../setTree.js";
import {
  type PublishedWork,
  WORK_FAILURES,
  WORK_OUTCOMES,
  type WorkPart,
  type WorkRecord,
  type WorkTask,
  type WorkWord,
} from "./workRecord.js";

const VERSION = 1;
const WHAT = "work record";
const SIGNATURE_BYTES = 65;
const HAS_BEGUN = 1;
const IS_SEEDED = 2;
const IS_SEALED = 4;

/** Names that entries refer to by their place, each once, ascending. */
type Names = {
  readonly miners: readonly Address[];
  readonly models: readonly Bytes32[];
  readonly classes: readonly Bytes32[];
};

/**
 * A record's one encoding, big-endian: version u8 = 1 ‖ chainId u64 ‖ lane 20 ‖ epoch u64 ‖ miner count u16 ‖ model count u16 ‖ class count u16 ‖ begun count u32 ‖
 * ended count u32, then miners, models and kernel classes (each once, ascending, each used), the ids begun, the tasks ended: `id 32 ‖ flags u8 (1 began here, 2 seeded, 4 sealed) ‖
 * model u16 ‖ part count u16 ‖ parts…`, a part `replica u8 ‖ segment u16 ‖ miner u16 ‖ class u16 ‖ outcome u8 ‖ nIn u32 ‖ nOut u32 ‖ tFirstMs u32 ‖ tTotalMs u32 ‖ has word u8`,
 * a word `taskId 32 ‖ position u32 ‖ tokenRoot 32 ‖ batch root 32 ‖ batch count u32 ‖ sequence u64 ‖ signature 65 ‖ path count u8 ‖ path…`. Throws PROTOCOL_BAD_RECORD for a
 * record out of order, with something twice, or with more than fits.
 */
export function encodeWorkRecord(record: WorkRecord): PublishedWork {
  return publishedWork(packWorkRecord(record));
}

/** The bytes of `encodeWorkRecord` alone, for what isn't posted. */
export function packWorkRecord(record: WorkRecord): Uint8Array {
  checkWorkRecord(record);
  const names = namesOf(record.ended);
  const { chainId, lane, epoch, begun, ended } = record;
  const writer = new ByteWriter();
  writer.uint("version", VERSION, 1).uint("chainId", chainId, 8).hex(lane, 20).uint("epoch", epoch, 8);
  writer.uint("miners", names.miners.length, 2).uint("models", names.models.length, 2);
  writer.uint("classes", names.classes.length, 2).uint("begun", begun.length, 4).uint("ended", ended.length, 4);
  for (const miner of names.miners) writer.hex(miner, 20);
  for (const word of [...names.models, ...names.classes]) writer.hex(word, 32);
  for (const id of begun) writer.hex(id, 32);
  const places = { miners: placesOf(names.miners), models: placesOf(names.models), classes: placesOf(names.classes) };
  for (const task of ended) {
    const flags = (task.hasBegun ? HAS_BEGUN : 0) + (task.isSeeded ? IS_SEEDED : 0) + (task.isSealed ? IS_SEALED : 0);
    writer
      .hex(task.id, 32)
      .uint("flags", flags, 1)
      .uint("model", places.models.get(task.modelId) ?? 0, 2);
    writer.uint("parts", task.parts.length, 2);
    for (const part of task.parts) {
      writePart(writer, part, places.miners.get(part.miner) ?? 0, places.classes.get(part.kernelClass) ?? 0);
    }
  }
  return writer.toBytes().slice();
}

/** What is posted of a record's bytes. Throws PROTOCOL_BAD_RECORD for more than fit. */
export function publishedWork(bytes: Uint8Array): PublishedWork {
  if (bytes.length > WORK_BYTES_MAX) refuse(`more than ${WORK_BYTES_MAX} bytes`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += SET_CHUNK_BYTES_MAX) {
    chunks.push(bytes.subarray(at, at + SET_CHUNK_BYTES_MAX));
  }
  return { bytes, recordCid: bytesToHex(sha256Bytes(bytes)), recordRoot: setTree(chunks).settlementRoot };
}

/** Reads a record. Throws PROTOCOL_BAD_RECORD for bytes that `encodeWorkRecord` wouldn't have written. */
export function decodeWorkRecord(bytes: Uint8Array): WorkRecord {
  if (bytes.length > WORK_BYTES_MAX) refuse(`more than ${WORK_BYTES_MAX} bytes`);
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const chainId = reader.uint("chainId", 8);
  const lane = reader.hex(20);
  const epoch = reader.uint("epoch", 8);
  const [miners, models, classes] = [reader.uint("miners", 2), reader.uint("models", 2), reader.uint("classes", 2)];
  const [begun, ended] = [reader.uint("begun", 4), reader.uint("ended", 4)];
  if (begun > WORK_TASKS_MAX || ended > WORK_TASKS_MAX) reader.refuse("more tasks than a record may have");
  const list = (count: number, length: number) => Array.from({ length: count }, () => reader.hex(length));
  const names = { miners: list(miners, 20), models: list(models, 32), classes: list(classes, 32) };
  const ids = list(begun, 32);
  const tasks = Array.from({ length: ended }, () => readTask(reader, names));
  reader.end();
  const record: WorkRecord = { chainId, lane, epoch, begun: ids, ended: tasks };
  checkWorkRecord(record);
  checkNames(names, namesOf(tasks));
  return record;
}

function writePart(writer: ByteWriter, part: WorkPart, miner: number, kernelClass: number): void {
  const { replica, segment, outcome, nIn, nOut, tFirstMs, tTotalMs, word } = part;
  writer.uint("replica", replica, 1).uint("segment", segment, 2).uint("miner", miner, 2).uint("class", kernelClass, 2);
  writer.uint("outcome", WORK_OUTCOMES.indexOf(outcome), 1).uint("nIn", nIn, 4).uint("nOut", nOut, 4);
  writer
    .uint("tFirstMs", tFirstMs, 4)
    .uint("tTotalMs", tTotalMs, 4)
    .uint("hasWord", word === undefined ? 0 : 1, 1);
  if (word === undefined) return;
  const { taskId, position, tokenRoot, proof } = word;
  const { batch, signature, path } = proof;
  writer.hex(taskId, 32).uint("position", position, 4).hex(tokenRoot, 32).hex(batch.root, 32);
  writer.uint("count", batch.count, 4).uint("sequence", batch.sequence, 8).hex(signature, SIGNATURE_BYTES);
  writer.uint("path", path.length, 1);
  for (const sibling of path) writer.hex(sibling, 32);
}

function readTask(reader: ByteReader, names: Names): WorkTask {
  const id = reader.hex(32);
  const flags = reader.uint("flags", 1);
  if (flags > HAS_BEGUN + IS_SEEDED + IS_SEALED) reader.refuse("unknown flags");
  const modelId = named(reader, names.models);
  const parts = Array.from({ length: countOf(reader, "parts", 2, PAYEES_MAX) }, () => readPart(reader, names));
  const task = { id, modelId, hasBegun: (flags & HAS_BEGUN) !== 0, isSeeded: (flags & IS_SEEDED) !== 0, parts };
  return (flags & IS_SEALED) === 0 ? task : { ...task, isSealed: true };
}

function readPart(reader: ByteReader, names: Names): WorkPart {
  const replica = reader.uint("replica", 1);
  const segment = reader.uint("segment", 2);
  const miner = named(reader, names.miners);
  const kernelClass = named(reader, names.classes);
  const outcome = WORK_OUTCOMES[reader.uint("outcome", 1)] ?? reader.refuse("an unknown outcome");
  const [nIn, nOut] = [reader.uint("nIn", 4), reader.uint("nOut", 4)];
  const [tFirstMs, tTotalMs] = [reader.uint("tFirstMs", 4), reader.uint("tTotalMs", 4)];
  const part = { replica, segment, miner, kernelClass, outcome, nIn, nOut, tFirstMs, tTotalMs };
  const hasWord = reader.uint("hasWord", 1);
  if (hasWord > 1) reader.refuse("neither a word nor none");
  return hasWord === 0 ? part : { ...part, word: readWord(reader, miner) };
}

function readWord(reader: ByteReader, signer: Address): WorkWord {
  const taskId = reader.hex(32);
  const position = reader.uint("position", 4);
  const tokenRoot = reader.hex(32);
  const root = reader.hex(32);
  const batch = { root, count: reader.uint("count", 4), sequence: reader.uint("sequence", 8) };
  const signature = reader.hex(SIGNATURE_BYTES);
  const path = Array.from({ length: countOf(reader, "path", 1, MERKLE_PATH_MAX) }, () => reader.hex(32));
  return { taskId, position, tokenRoot, proof: { batch, signer, signature, path } };
}

function named<Name extends string>(reader: ByteReader, names: readonly Name[]): Name {
  return names[reader.uint("name", 2)] ?? reader.refuse("a name that it doesn't have");
}

function countOf(reader: ByteReader, field: string, length: number, most: number): number {
  const count = reader.uint(field, length);
  if (count > most) reader.refuse(`${count} ${field}`);
  return count;
}

/** Throws PROTOCOL_BAD_RECORD for a record that contradicts itself. */
function checkWorkRecord({ lane, begun, ended }: WorkRecord): void {
  if (!isAddress(lane)) refuse("a lane that is no address");
  if (begun.length > WORK_TASKS_MAX || ended.length > WORK_TASKS_MAX) refuse("more tasks than a record may have");
  checkAscending("begun", begun);
  checkAscending(
    "ended",
    ended.map(({ id }) => id),
  );
  const waiting = new Set(begun);
  let words = 0;
  for (const { id, modelId, parts } of ended) {
    if (!isBytes32(modelId)) refuse("a model that is no word");
    if (waiting.has(id)) refuse("a task that has ended among those that haven't");
    if (parts.length > PAYEES_MAX) refuse(`${parts.length} parts`);
    let before = "";
    for (const part of parts) {
      const place = placeOf(part);
      if (place <= before) refuse("its parts are not each once, by replica, segment and miner");
      before = place;
      if (part.word === undefined) continue;
      words += 1;
      checkWord(part, part.word);
    }
  }
  if (words > WORK_WORDS_MAX) refuse(`${words} words of miners`);
}

function checkWord({ miner, outcome }: WorkPart, { proof }: WorkWord): void {
  if (!WORK_FAILURES.has(outcome)) refuse("a miner's word on a part that didn't fail");
  if (proof.signer !== miner) refuse("another miner's word");
  if (proof.path.length > MERKLE_PATH_MAX) refuse("a path that is too long");
}

function checkAscending(what: string, ids: readonly Bytes32[]): void {
  let before: Bytes32 = "0x";
  for (const id of ids) {
    if (!isBytes32(id)) refuse(`${what}: an id that is no word`);
    if (id <= before) refuse(`${what}: its ids are not each once, ascending`);
    before = id;
  }
}

/** Text that sorts as (replica, segment, miner) do. */
export function placeOf({ replica, segment, miner }: Pick<WorkPart, "replica" | "segment" | "miner">): string {
  return `${String(replica).padStart(3, "0")} ${String(segment).padStart(5, "0")} ${miner}`;
}

function namesOf(ended: readonly WorkTask[]): Names {
  const [miners, models, classes] = [new Set<Address>(), new Set<Bytes32>(), new Set<Bytes32>()];
  for (const { modelId, parts } of ended) {
    models.add(modelId);
    for (const { miner, kernelClass } of parts) {
      miners.add(miner);
      classes.add(kernelClass);
    }
  }
  const names = { miners: [...miners].sort(), models: [...models].sort(), classes: [...classes].sort() };
  if (Object.values(names).some(({ length }) => length > WORK_NAMES_MAX)) refuse("more names than a record may have");
  return names;
}

function checkNames(given: Names, used: Names): void {
  for (const kind of ["miners", "models", "classes"] as const) {
    if (given[kind].join() !== used[kind].join()) refuse(`its ${kind} are not each once, ascending, all used`);
  }
}

function placesOf<Name>(names: readonly Name[]): ReadonlyMap<Name, number> {
  return new Map(names.map((name, place) => [name, place]));
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
