// Links one relocatable object of clang's BPF target into the shared object that Solana's loader takes (SBPF v0).
const TEXT_TYPE = 1;
const NAMES = ["", ".text", ".rodata", ".dynamic", ".dynsym", ".dynstr", ".rel.dyn", ".shstrtab"];
const RODATA_BASE = 0x1_0000_0000n;
const R = { lddw: 1, data64: 2, call: 10 };
const align = (value, to = 8) => Math.ceil(value / to) * to;

export function link(object) {
  const read = readObject(object);
  const text = read.sections.find((one) => one.name === ".text");
  if (text === undefined) throw new Error("the object has no .text");
  const readOnly = read.sections.filter((one) => one.isAllocated && one.size > 0 && one !== text);
  for (const { name, isWritable } of readOnly) if (isWritable) throw new Error(`${name} is writable: a program keeps nothing`);
  const textAt = 64 + 3 * 56;
  const addresses = new Map([[text.index, textAt]]);
  const rodataAt = align(textAt + text.size);
  let end = rodataAt;
  for (const one of readOnly) {
    end = align(end, Math.max(8, one.alignment));
    addresses.set(one.index, end);
    end += one.size;
  }
  const code = Buffer.from(text.data);
  const rodata = Buffer.alloc(align(end - rodataAt));
  for (const one of readOnly) Buffer.from(one.data).copy(rodata, addresses.get(one.index) - rodataAt);
  const syscalls = [];
  const calls = [];
  for (const { offset, type, symbol } of read.relocationsOf(text.index)) {
    const home = addresses.get(symbol.section);
    if (type === R.call && symbol.section === text.index) {
      const target = symbol.value + (code.readInt32LE(offset + 4) + 1) * 8;
      code.writeInt32LE((target - offset - 8) / 8, offset + 4);
    } else if (type === R.call && symbol.section === 0) {
      if (!syscalls.includes(symbol.name)) syscalls.push(symbol.name);
      code.writeInt32LE(-1, offset + 4);
      calls.push({ at: textAt + offset, name: symbol.name });
    } else if (type === R.lddw && home !== undefined && symbol.section !== text.index) {
      const value = RODATA_BASE + BigInt(home + symbol.value + code.readInt32LE(offset + 4));
      code.writeUInt32LE(Number(value & 0xffff_ffffn), offset + 4);
      code.writeUInt32LE(Number(value >> 32n), offset + 12);
    } else throw new Error(`relocation ${type} of ${symbol.name} at ${offset} isn't one that is known`);
  }
  for (const one of readOnly) {
    for (const { offset, type, symbol } of read.relocationsOf(one.index)) {
      const home = addresses.get(symbol.section);
      if (type !== R.data64 || home === undefined) throw new Error(`${one.name} points at ${symbol.name}, which isn't here`);
      const at = addresses.get(one.index) - rodataAt + offset;
      rodata.writeBigUInt64LE(RODATA_BASE + BigInt(home + symbol.value) + rodata.readBigUInt64LE(at), at);
    }
  }
  const entry = read.symbols.find(({ name }) => name === "entrypoint");
  if (entry === undefined || entry.section !== text.index) throw new Error("there is no entrypoint");
  return write({ code, rodata, rodataAt, textAt, syscalls, calls, entry: textAt + entry.value });
}

function write({ code, rodata, rodataAt, textAt, syscalls, calls, entry }) {
  const dynamicAt = rodataAt + rodata.length;
  const dynamicSize = 6 * 16;
  const dynsymAt = dynamicAt + dynamicSize;
  const dynsym = Buffer.alloc((1 + syscalls.length) * 24);
  const names = ["", ...syscalls];
  const offsets = names.map((_, index) => names.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0));
  const dynstr = Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
  syscalls.forEach((_, index) => {
    dynsym.writeUInt32LE(offsets[index + 1], (index + 1) * 24);
    dynsym.writeUInt8(0x10, (index + 1) * 24 + 4);
  });
  const dynstrAt = dynsymAt + dynsym.length;
  const relAt = align(dynstrAt + dynstr.length);
  const rel = Buffer.alloc(calls.length * 16);
  calls.forEach(({ at, name }, index) => {
    rel.writeBigUInt64LE(BigInt(at), index * 16);
    rel.writeBigUInt64LE((BigInt(syscalls.indexOf(name) + 1) << 32n) | BigInt(R.call), index * 16 + 8);
  });
  const dynamic = Buffer.alloc(dynamicSize);
  [[0x11, relAt], [0x12, rel.length], [0x13, 16], [6, dynsymAt], [5, dynstrAt], [0, 0]].forEach(([tag, value], index) => {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  });
  const namesAt = relAt + rel.length;
  const shstrtab = Buffer.from(NAMES.map((name) => `${name}\0`).join(""), "latin1");
  const headersAt = align(namesAt + shstrtab.length);
  const sections = [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [1, 6, textAt, code.length, 0, 0, 8, 0],
    [1, 2, rodataAt, rodata.length, 0, 0, 8, 0],
    [6, 3, dynamicAt, dynamicSize, 5, 0, 8, 16],
    [11, 2, dynsymAt, dynsym.length, 5, 1, 8, 24],
    [3, 2, dynstrAt, dynstr.length, 0, 0, 1, 0],
    [9, 2, relAt, rel.length, 4, 0, 8, 16],
    [3, 0, namesAt, shstrtab.length, 0, 0, 1, 0],
  ];
  const file = Buffer.alloc(headersAt + sections.length * 64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]).copy(file);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(247, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(entry), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeBigUInt64LE(BigInt(headersAt), 40);
  [64, 56, 3, 64, sections.length, sections.length - 1].forEach((value, index) => file.writeUInt16LE(value, 52 + index * 2));
  const segments = [
    [1, 5, textAt, code.length],
    [1, 4, rodataAt, headersAt - rodataAt],
    [2, 6, dynamicAt, dynamicSize],
  ];
  segments.forEach(([type, flags, at, size], index) => {
    const base = 64 + index * 56;
    file.writeUInt32LE(type, base);
    file.writeUInt32LE(flags, base + 4);
    for (const [slot, value] of [at, at, at, size, size, 8].entries()) file.writeBigUInt64LE(BigInt(value), base + 8 + slot * 8);
  });
  code.copy(file, textAt);
  rodata.copy(file, rodataAt);
  dynamic.copy(file, dynamicAt);
  dynsym.copy(file, dynsymAt);
  dynstr.copy(file, dynstrAt);
  rel.copy(file, relAt);
  shstrtab.copy(file, namesAt);
  sections.forEach(([type, flags, at, size, linked, info, alignment, each], index) => {
    const base = headersAt + index * 64;
    file.writeUInt32LE(NAMES.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0), base);
    file.writeUInt32LE(type, base + 4);
    file.writeBigUInt64LE(BigInt(flags), base + 8);
    file.writeBigUInt64LE(BigInt(at), base + 16);
    file.writeBigUInt64LE(BigInt(at), base + 24);
    file.writeBigUInt64LE(BigInt(size), base + 32);
    file.writeUInt32LE(linked, base + 40);
    file.writeUInt32LE(info, base + 44);
    file.writeBigUInt64LE(BigInt(alignment), base + 48);
    file.writeBigUInt64LE(BigInt(each), base + 56);
  });
  return file;
}

function readObject(bytes) {
  const file = Buffer.from(bytes);
  const headersAt = Number(file.readBigUInt64LE(40));
  const count = file.readUInt16LE(60);
  const raw = Array.from({ length: count }, (_, index) => {
    const base = headersAt + index * 64;
    const at = Number(file.readBigUInt64LE(base + 24));
    const size = Number(file.readBigUInt64LE(base + 32));
    const flags = Number(file.readBigUInt64LE(base + 8));
    const type = file.readUInt32LE(base + 4);
    return {
      index, type, size, nameAt: file.readUInt32LE(base),
      isAllocated: (flags & 2) !== 0, isWritable: (flags & 1) !== 0,
      link: file.readUInt32LE(base + 40), info: file.readUInt32LE(base + 44), alignment: Number(file.readBigUInt64LE(base + 48)),
      data: type === 8 ? Buffer.alloc(size) : file.subarray(at, at + size),
    };
  });
  const textOf = (table, at) => table.subarray(at, table.indexOf(0, at)).toString("latin1");
  const names = raw[file.readUInt16LE(62)].data;
  const sections = raw.map((one) => ({ ...one, name: textOf(names, one.nameAt) }));
  const table = sections.find(({ type }) => type === 2);
  const strings = sections[table.link].data;
  const symbols = Array.from({ length: table.size / 24 }, (_, index) => ({
    name: textOf(strings, table.data.readUInt32LE(index * 24)),
    section: table.data.readUInt16LE(index * 24 + 6),
    value: Number(table.data.readBigUInt64LE(index * 24 + 8)),
  }));
  return {
    sections, symbols,
    relocationsOf: (of) =>
      sections.filter(({ type, info }) => type === 9 && info === of).flatMap(({ data, size }) =>
        Array.from({ length: size / 16 }, (_, index) => ({
          offset: Number(data.readBigUInt64LE(index * 16)),
          type: data.readUInt32LE(index * 16 + 8),
          symbol: symbols[data.readUInt32LE(index * 16 + 12)],
        }))),
  };
}
