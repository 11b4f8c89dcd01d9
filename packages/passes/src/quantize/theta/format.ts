import type { DType } from '@refold/ir';

/** Types of codes. */
export type CodeType = Extract<DType, 'int4' | 'uint4' | 'int8' | 'uint8' | 'int16' | 'uint16'>;

/** Every type of codes, in the order in which sets of them are written. */
export const codeTypes: readonly CodeType[] = ['int4', 'uint4', 'int8', 'uint8', 'int16', 'uint16'];

/** What scale and zero point are chosen for. */
export interface Format {
  readonly dtype: CodeType;
  /** Zero is the middle code: 0 of signed types, 128 of uint8. */
  readonly symmetric: boolean;
  /** The scale is a power of two. */
  readonly powerOfTwo: boolean;
  /** The least code of a symmetric signed type is left out: -127 to 127. */
  readonly narrow: boolean;
}

const bounds: Readonly<Record<CodeType, readonly [number, number]>> = {
  int4: [-8, 7],
  uint4: [0, 15],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** The least and the largest code. */
export function codesOf(format: Format): readonly [number, number] {
  const [low, high] = bounds[format.dtype];
  return format.narrow && low < 0 ? [low + 1, high] : [low, high];
}

/** Codes, one an element, in arrays of their type; those of 4 bits are not packed. */
export type CodeArray = Int8Array | Uint8Array | Int16Array | Uint16Array;

/** Room for so many codes. */
export function newCodes(dtype: CodeType, count: number): CodeArray {
  const [low, high] = bounds[dtype];
  if (low < 0) return high < 128 ? new Int8Array(count) : new Int16Array(count);
  return high < 256 ? new Uint8Array(count) : new Uint16Array(count);
}

/** The code that means 0 when zero is in the middle. */
export function middleOf(dtype: CodeType): number {
  const [low, high] = bounds[dtype];
  return (low + high + 1) / 2;
}

export function bitsOf(dtype: CodeType): number {
  const [low, high] = bounds[dtype];
  return Math.log2(high - low + 1);
}
