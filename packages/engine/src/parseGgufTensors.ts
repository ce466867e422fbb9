import { GGML_TYPES } from "./ggmlTypes.js";
import type { GgufCursor } from "./ggufCursor.js";
import { refuseGguf, refuseTruncatedGguf } from "./ggufRefusal.js";

/** Format limit of ggml. */
const NAME_BYTES_MAX = 64;
const DIMENSIONS_MAX = 4;
/** Elements of one tensor; far above published ones, far below where products lose precision. */
const ELEMENTS_MAX = 2 ** 40;

export type GgufTensor = {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** From the start of the tensor data. */
  readonly offset: number;
  readonly bytes: number;
};

/** Reads the tensor table and checks that each tensor lies whole, aligned and alone inside the file. */
export function parseGgufTensors(
  cursor: GgufCursor,
  bounds: { readonly tensorCount: number; readonly alignment: number; readonly fileBytes: number },
): { readonly tensors: readonly GgufTensor[]; readonly dataOffset: number } {
  const { tensorCount, alignment, fileBytes } = bounds;
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let index = 0; index < tensorCount; index++) {
    const tensor = parseTensor(cursor, alignment);
    if (names.has(tensor.name)) refuseGguf(`tensor ${JSON.stringify(tensor.name)} occurs twice`);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  const dataOffset = Math.ceil(cursor.offset / alignment) * alignment;
  checkLayout(tensors, fileBytes - dataOffset);
  return { tensors, dataOffset };
}

function parseTensor(cursor: GgufCursor, alignment: number): GgufTensor {
  const name = cursor.text("a tensor name", NAME_BYTES_MAX);
  if (name === "") refuseGguf("a tensor name is empty");
  const label = `tensor ${JSON.stringify(name)}`;
  const dimensions = cursor.u32();
  if (dimensions < 1 || dimensions > DIMENSIONS_MAX) refuseGguf(`${label} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.count(`dimension of ${label}`, ELEMENTS_MAX));
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements < 1 || elements > ELEMENTS_MAX) refuseGguf(`${label} has the shape ${shape.join(" × ")}`);
  const typeId = cursor.u32();
  const type = GGML_TYPES.get(typeId);
  if (type === undefined) return refuseGguf(`${label} has the unknown type ${typeId}`);
  const [row = 0] = shape;
  if (row % type.blockElements !== 0) refuseGguf(`${label} has rows of ${row}, which ${type.name} can't hold`);
  const offset = cursor.count(`offset of ${label}`, Number.MAX_SAFE_INTEGER);
  if (offset % alignment !== 0) refuseGguf(`${label} lies at ${offset}, which is not aligned to ${alignment}`);
  return { name, type: type.name, shape, elements, offset, bytes: (elements / type.blockElements) * type.blockBytes };
}

function checkLayout(tensors: readonly GgufTensor[], dataBytes: number): void {
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (tensor.offset < end) refuseGguf(`tensor ${JSON.stringify(tensor.name)} overlaps another`);
    end = tensor.offset + tensor.bytes;
    if (end > dataBytes) refuseTruncatedGguf({ neededBytes: end, fileBytes: Math.max(0, dataBytes) });
  }
}
