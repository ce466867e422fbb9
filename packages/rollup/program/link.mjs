// Links one relocatable object of clang's BPF target into the shared object that Solana's loader takes, version 0: calls inside, read-only data at the address
// where the loader has it, and system calls by name.
import { readObject } from "./readObject.mjs";
import { align, TEXT_AT, writeProgram } from "./writeProgram.mjs";

const RODATA_BASE = 0x1_0000_0000n;
const R = { lddw: 1, data64: 2, call: 10 };

export function link(object) {
  const read = readObject(object);
  const text = read.sections.find((one) => one.name === ".text");
  if (text === undefined) throw new Error("the object has no .text");
  const readOnly = read.sections.filter((one) => one.isAllocated && one.size > 0 && one !== text);
  for (const { name, isWritable } of readOnly)
    if (isWritable) throw new Error(`${name} is writable: a program keeps nothing`);

  const addresses = new Map([[text.index, TEXT_AT]]);
  const rodataAt = align(TEXT_AT + text.size);
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
      calls.push({ at: TEXT_AT + offset, name: symbol.name });
    } else if (type === R.lddw && home !== undefined && symbol.section !== text.index) {
      const value = RODATA_BASE + BigInt(home + symbol.value + code.readInt32LE(offset + 4));
      code.writeUInt32LE(Number(value & 0xffff_ffffn), offset + 4);
      code.writeUInt32LE(Number(value >> 32n), offset + 12);
    } else throw new Error(`relocation ${type} of ${symbol.name} at ${offset} isn't one that is known`);
  }
  for (const one of readOnly) {
    for (const { offset, type, symbol } of read.relocationsOf(one.index)) {
      const home = addresses.get(symbol.section);
      if (type !== R.data64 || home === undefined)
        throw new Error(`${one.name} points at ${symbol.name}, which isn't here`);
      const at = addresses.get(one.index) - rodataAt + offset;
      rodata.writeBigUInt64LE(RODATA_BASE + BigInt(home + symbol.value) + rodata.readBigUInt64LE(at), at);
    }
  }
  const entry = read.symbols.find(({ name }) => name === "entrypoint");
  if (entry === undefined || entry.section !== text.index) throw new Error("there is no entrypoint");
  return writeProgram({ code, rodata, rodataAt, syscalls, calls, entry: TEXT_AT + entry.value });
}
