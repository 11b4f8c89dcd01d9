/**
 * Element types of ONNX tensors (`TensorProto.DataType`), by the names that numpy and `ml_dtypes` use.
 * The order of the table is the order of the enum in `onnx-ml.proto`.
 */
interface DTypeRow {
  /** Number in `TensorProto.DataType`. */
  readonly code: number;
  /** Bits of one element as stored in `raw_data`; 0 for strings. */
  readonly bits: number;
  readonly kind: 'float' | 'signed' | 'unsigned' | 'bool' | 'string' | 'complex';
}

const table = {
  float32: { code: 1, bits: 32, kind: 'float' },
  uint8: { code: 2, bits: 8, kind: 'unsigned' },
  int8: { code: 3, bits: 8, kind: 'signed' },
  uint16: { code: 4, bits: 16, kind: 'unsigned' },
  int16: { code: 5, bits: 16, kind: 'signed' },
  int32: { code: 6, bits: 32, kind: 'signed' },
  int64: { code: 7, bits: 64, kind: 'signed' },
  string: { code: 8, bits: 0, kind: 'string' },
  bool: { code: 9, bits: 8, kind: 'bool' },
  float16: { code: 10, bits: 16, kind: 'float' },
  float64: { code: 11, bits: 64, kind: 'float' },
  uint32: { code: 12, bits: 32, kind: 'unsigned' },
  uint64: { code: 13, bits: 64, kind: 'unsigned' },
  complex64: { code: 14, bits: 64, kind: 'complex' },
  complex128: { code: 15, bits: 128, kind: 'complex' },
  bfloat16: { code: 16, bits: 16, kind: 'float' },
  float8e4m3fn: { code: 17, bits: 8, kind: 'float' },
  float8e4m3fnuz: { code: 18, bits: 8, kind: 'float' },
  float8e5m2: { code: 19, bits: 8, kind: 'float' },
  float8e5m2fnuz: { code: 20, bits: 8, kind: 'float' },
  uint4: { code: 21, bits: 4, kind: 'unsigned' },
  int4: { code: 22, bits: 4, kind: 'signed' },
  float4e2m1: { code: 23, bits: 4, kind: 'float' },
  float8e8m0: { code: 24, bits: 8, kind: 'float' },
  uint2: { code: 25, bits: 2, kind: 'unsigned' },
  int2: { code: 26, bits: 2, kind: 'signed' },
  float6e2m3: { code: 27, bits: 6, kind: 'float' },
  float6e3m2: { code: 28, bits: 6, kind: 'float' },
} as const;

/** An element type of tensors. */
export type DType = keyof typeof table;

/** Every element type, in the order of `TensorProto.DataType`. */
export const dtypes: readonly DType[] = Object.keys(table) as DType[];

const byCode: ReadonlyMap<number, DType> = new Map(dtypes.map((d) => [table[d].code, d]));

/** The element type of a `TensorProto.DataType` number, if it is known. */
export function dtypeFromCode(code: number): DType | undefined {
  return byCode.get(code);
}

/** The number of an element type in `TensorProto.DataType`. */
export function dtypeCode(dtype: DType): number {
  return table[dtype].code;
}

/** Bits of one element in `raw_data`; 0 for strings. */
export function dtypeBits(dtype: DType): number {
  return table[dtype].bits;
}

/** The class of an element type. */
export function dtypeKind(dtype: DType): DTypeRow['kind'] {
  return table[dtype].kind;
}

/** Whether elements are floating-point numbers, of whatever width. */
export function isFloat(dtype: DType): boolean {
  return table[dtype].kind === 'float';
}

/** Whether elements are integers, of whatever width. */
export function isInteger(dtype: DType): boolean {
  const kind = table[dtype].kind;
  return kind === 'signed' || kind === 'unsigned';
}

/** Bytes that `count` elements take in `raw_data`: 2- and 4-bit types are packed, 6-bit types too. */
export function byteLength(dtype: DType, count: number): number {
  return Math.ceil((count * table[dtype].bits) / 8);
}
