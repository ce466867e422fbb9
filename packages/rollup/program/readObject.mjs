/** Reads a relocatable object of clang's: sections, symbols, and what has to be put in where. */
export function readObject(bytes) {
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
      index,
      type,
      size,
      nameAt: file.readUInt32LE(base),
      isAllocated: (flags & 2) !== 0,
      isWritable: (flags & 1) !== 0,
      link: file.readUInt32LE(base + 40),
      info: file.readUInt32LE(base + 44),
      alignment: Number(file.readBigUInt64LE(base + 48)),
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
    sections,
    symbols,
    relocationsOf: (of) =>
      sections
        .filter(({ type, info }) => type === 9 && info === of)
        .flatMap(({ data, size }) =>
          Array.from({ length: size / 16 }, (_, index) => ({
            offset: Number(data.readBigUInt64LE(index * 16)),
            type: data.readUInt32LE(index * 16 + 8),
            symbol: symbols[data.readUInt32LE(index * 16 + 12)],
          })),
        ),
  };
}
