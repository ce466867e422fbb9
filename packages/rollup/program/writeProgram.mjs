// The ELF file that Solana's loader takes: headers, code, read-only data, and the table of system calls.
/** Bytes of the file's head, and of one segment's. */
const HEAD = 64;
const SEGMENT = 56;
const SECTION = 64;
/** Behind the heads of three segments. */
export const TEXT_AT = HEAD + 3 * SEGMENT;
const MACHINE_BPF = 247;
const SHARED_OBJECT = 3;
/** A system call's place, to be filled in by its name's hash. */
const R_CALL = 10n;
const NAMES = ["", ".text", ".rodata", ".dynamic", ".dynsym", ".dynstr", ".rel.dyn", ".shstrtab"];

export const align = (value, to = 8) => Math.ceil(value / to) * to;
const strings = (all) => Buffer.from(all.map((one) => `${one}\0`).join(""), "latin1");
const placeOf = (all, index) => all.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);

export function writeProgram({ code, rodata, rodataAt, syscalls, calls, entry }) {
  const tables = writeTables({ at: rodataAt + rodata.length, syscalls, calls });
  const { dynamic, dynsym, dynstr, rel } = tables;
  const shstrtab = strings(NAMES);
  const namesAt = rel.at + rel.bytes.length;
  const headersAt = align(namesAt + shstrtab.length);
  const parts = [{ at: TEXT_AT, bytes: code }, { at: rodataAt, bytes: rodata }, dynamic, dynsym, dynstr, rel];
  parts.push({ at: namesAt, bytes: shstrtab });
  const file = Buffer.alloc(headersAt + NAMES.length * SECTION);
  writeHead(file, { entry, headersAt });
  writeSegment(file, 0, { type: 1, flags: 5, at: TEXT_AT, size: code.length });
  writeSegment(file, 1, { type: 1, flags: 4, at: rodataAt, size: headersAt - rodataAt });
  writeSegment(file, 2, { type: 2, flags: 6, at: dynamic.at, size: dynamic.bytes.length });
  for (const { at, bytes } of parts) bytes.copy(file, at);
  // type, flags, linked section, info, alignment, bytes of an entry
  const rules = [
    [1, 6, 0, 0, 8, 0],
    [1, 2, 0, 0, 8, 0],
    [6, 3, 5, 0, 8, 16],
    [11, 2, 5, 1, 8, 24],
    [3, 2, 0, 0, 1, 0],
    [9, 2, 4, 0, 8, 16],
    [3, 0, 0, 0, 1, 0],
  ];
  for (const [index, { at, bytes }] of parts.entries())
    writeSection(file, headersAt + (index + 1) * SECTION, {
      name: placeOf(NAMES, index + 1),
      at,
      size: bytes.length,
      rules: rules[index],
    });
  return file;
}

/** What the loader resolves: names of system calls, and where each is called. */
function writeTables({ at, syscalls, calls }) {
  const dynamic = { at, bytes: Buffer.alloc(6 * 16) };
  const dynsym = { at: at + dynamic.bytes.length, bytes: Buffer.alloc((1 + syscalls.length) * 24) };
  const names = ["", ...syscalls];
  for (let index = 1; index < names.length; index += 1) {
    dynsym.bytes.writeUInt32LE(placeOf(names, index), index * 24);
    dynsym.bytes.writeUInt8(0x10, index * 24 + 4);
  }
  const dynstr = { at: dynsym.at + dynsym.bytes.length, bytes: strings(names) };
  const rel = { at: align(dynstr.at + dynstr.bytes.length), bytes: Buffer.alloc(calls.length * 16) };
  for (const [index, call] of calls.entries()) {
    rel.bytes.writeBigUInt64LE(BigInt(call.at), index * 16);
    rel.bytes.writeBigUInt64LE((BigInt(names.indexOf(call.name)) << 32n) | R_CALL, index * 16 + 8);
  }
  // DT_REL, DT_RELSZ, DT_RELENT, DT_SYMTAB, DT_STRTAB, DT_NULL
  const entries = [
    [0x11, rel.at],
    [0x12, rel.bytes.length],
    [0x13, 16],
    [6, dynsym.at],
    [5, dynstr.at],
    [0, 0],
  ];
  for (const [index, [tag, value]] of entries.entries()) {
    dynamic.bytes.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.bytes.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  }
  return { dynamic, dynsym, dynstr, rel };
}

function writeHead(file, { entry, headersAt }) {
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]).copy(file);
  file.writeUInt16LE(SHARED_OBJECT, 16);
  file.writeUInt16LE(MACHINE_BPF, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(entry), 24);
  file.writeBigUInt64LE(BigInt(HEAD), 32);
  file.writeBigUInt64LE(BigInt(headersAt), 40);
  const counts = [HEAD, SEGMENT, 3, SECTION, NAMES.length, NAMES.length - 1];
  for (const [index, value] of counts.entries()) file.writeUInt16LE(value, 52 + index * 2);
}

function writeSegment(file, index, { type, flags, at, size }) {
  const base = HEAD + index * SEGMENT;
  file.writeUInt32LE(type, base);
  file.writeUInt32LE(flags, base + 4);
  for (const [slot, value] of [at, at, at, size, size, 8].entries())
    file.writeBigUInt64LE(BigInt(value), base + 8 + slot * 8);
}

function writeSection(file, base, { name, at, size, rules }) {
  const [type, flags, linked, info, alignment, each] = rules;
  file.writeUInt32LE(name, base);
  file.writeUInt32LE(type, base + 4);
  for (const [slot, value] of [flags, at, at, size].entries())
    file.writeBigUInt64LE(BigInt(value), base + 8 + slot * 8);
  file.writeUInt32LE(linked, base + 40);
  file.writeUInt32LE(info, base + 44);
  file.writeBigUInt64LE(BigInt(alignment), base + 48);
  file.writeBigUInt64LE(BigInt(each), base + 56);
}
