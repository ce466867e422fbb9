/** Reads one file of golden vectors. The caller names the shape that the file's maker wrote. */
export declare function readVectors<Shape>(name: string): Shape;
/** A double from its eight bytes, big-endian: JSON decimals would hide a last bit. */
export declare function doubleOf(bits: string): number;
export declare function bitsOf(value: number): string;
//# sourceMappingURL=readVectors.d.ts.map
