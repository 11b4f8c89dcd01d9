import { decodeTensor } from '../onnx/decode/decode-tensor.ts';
import { TensorProtoDataLocationCode } from '../onnx/generated/messages.ts';
import type { ExternalFiles } from '../onnx/limits.ts';
import { type DType, dtypeBits, dtypeCode, dtypeKind } from '../types/dtype.ts';
import { type ElementArray, elementWidth, newElements, tensorOfElements } from '../types/elements.ts';
import { isSmallFloat, numberToSmallFloat, type SmallFloat } from '../types/small-floats.ts';
import { elementCount, type SparseTensor, Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';
import type { Cursor, Literal } from './cursor.ts';
import { parseType } from './types.ts';

/** Whether the data of a tensor comes next, behind its type: `{1, 2}` or `["location": "weights.bin"]`. */
export function nextIsData(cursor: Cursor): boolean {
  return cursor.next === '{' || cursor.next === '[';
}

/** Reads the data of a tensor whose type has been read. */
export function parseTensorData(
  cursor: Cursor,
  type: ValueType | undefined,
  at: number,
  files: ExternalFiles | undefined,
): Tensor {
  if (type?.kind !== 'tensor') throw cursor.error('data can only be given for a tensor', at);
  const dims = staticDims(cursor, type, at);
  if (cursor.next === '[') return parseExternal(cursor, type.dtype, dims, files);
  cursor.expect('{', "'{' or '[' before the data of a tensor");
  if (cursor.accept('...')) {
    throw cursor.error('the data of this tensor were left out when the text was printed', at);
  }
  const literals: Literal[] = [];
  if (!cursor.accept('}')) {
    do literals.push(cursor.literal('an element'));
    while (cursor.accept(','));
    cursor.expect('}');
  }
  const want = elementCount(dims) * elementWidth(type.dtype);
  if (literals.length !== want) {
    throw cursor.error(
      `a tensor [${dims.join(',')}] takes ${want} numbers or strings, not ${literals.length}`,
      at,
    );
  }
  return tensorOfLiterals(cursor, type.dtype, dims, literals);
}

/** Reads `{ values, indices }` of a sparse tensor whose type has been read. */
export function parseSparseData(
  cursor: Cursor,
  type: ValueType & { readonly kind: 'sparse' },
  at: number,
  files: ExternalFiles | undefined,
): SparseTensor {
  const dims = staticDims(cursor, type, at);
  cursor.expect('{');
  const values = parseTensor(cursor, files);
  cursor.expect(',');
  const indicesAt = cursor.at;
  const indices = parseTensor(cursor, files);
  cursor.expect('}');
  if (values.dtype !== type.dtype)
    throw cursor.error(`the values are ${values.dtype}, not ${type.dtype}`, at);
  if (indices.dtype !== 'int64') throw cursor.error('the indices of a sparse tensor are int64', indicesAt);
  return { dims, values, indices };
}

/** Reads a tensor with its type: `float[2] {1, 2}`, with an optional name and `=` as ONNX has them. */
export function parseTensor(cursor: Cursor, files: ExternalFiles | undefined): Tensor {
  const at = cursor.at;
  const type = parseType(cursor);
  if (!nextIsData(cursor)) cursor.acceptName();
  cursor.accept('=');
  return parseTensorData(cursor, type, at, files);
}

function staticDims(
  cursor: Cursor,
  type: ValueType & { readonly kind: 'tensor' | 'sparse' },
  at: number,
): readonly number[] {
  if (type.shape === undefined) throw cursor.error('a tensor with data needs a known rank', at);
  const dims: number[] = [];
  for (const dim of type.shape) {
    if (typeof dim !== 'number' || dim < 0)
      throw cursor.error('a tensor with data needs dimensions that are numbers', at);
    dims.push(dim);
  }
  if (!Number.isSafeInteger(elementCount(dims))) throw cursor.error('the tensor has too many elements', at);
  return dims;
}

function tensorOfLiterals(
  cursor: Cursor,
  dtype: DType,
  dims: readonly number[],
  literals: readonly Literal[],
): Tensor {
  if (dtype === 'string')
    return Tensor.ofStrings(
      dims,
      literals.map((l) => stringOf(cursor, l)),
    );
  const elements = newElements(dtype, elementCount(dims));
  if (isSmallFloat(dtype) && literals.some((l) => l.kind === 'float'))
    decimals(cursor, dtype, literals, elements);
  else if (dtypeKind(dtype) === 'float' || dtypeKind(dtype) === 'complex')
    floats(cursor, dtype, literals, elements);
  else integers(cursor, dtype, literals, elements);
  return tensorOfElements(dtype, dims, elements);
}

function stringOf(cursor: Cursor, literal: Literal): string {
  if (literal.kind !== 'string') throw cursor.error('expected a string in quotes', literal.at);
  return literal.text;
}

/** The number that a literal means, rounded to float32 if asked for. Finite numbers must not become infinite. */
export function numberOf(cursor: Cursor, literal: Literal, round?: DType): number {
  if (literal.kind === 'string') throw cursor.error('expected a number', literal.at);
  const word = /^(-?)(inf|infinity|nan)$/i.exec(literal.text);
  if (word) {
    if (word[2]?.toLowerCase() === 'nan') return Number.NaN;
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const single = round === 'float32' || round === 'complex64';
  const value = single ? Math.fround(Number(literal.text)) : Number(literal.text);
  if (!Number.isFinite(value)) throw cursor.error(`${literal.text} is out of range`, literal.at);
  return value;
}

function floats(cursor: Cursor, dtype: DType, literals: readonly Literal[], out: ElementArray): void {
  if (isSmallFloat(dtype)) {
    integers(cursor, dtype, literals, out);
    return;
  }
  literals.forEach((literal, i) => {
    out[i] = numberOf(cursor, literal, dtype);
  });
}

/** Numbers with a point: values. All of them must have one, since ONNX takes whole numbers for bit patterns. */
function decimals(cursor: Cursor, dtype: SmallFloat, literals: readonly Literal[], out: ElementArray): void {
  literals.forEach((literal, i) => {
    if (literal.kind !== 'float') {
      throw cursor.error(
        `in ${dtype} a whole number is a bit pattern; write ${literal.text}.0 for the value`,
        literal.at,
      );
    }
    out[i] = numberToSmallFloat(dtype, numberOf(cursor, literal));
  });
}

/** Whole numbers: the elements of integer types, and the bit patterns of small floats. */
function integers(cursor: Cursor, dtype: DType, literals: readonly Literal[], out: ElementArray): void {
  const [low, high] = integerRange(dtype);
  const big = out instanceof BigInt64Array || out instanceof BigUint64Array;
  literals.forEach((literal, i) => {
    if (literal.kind !== 'int') throw cursor.error(`expected an integer for ${dtype}`, literal.at);
    const value = big ? BigInt(literal.text) : Number(literal.text);
    if (value < low || value > high)
      throw cursor.error(`${literal.text} does not fit in ${dtype}`, literal.at);
    out[i] = value;
  });
}

function integerRange(dtype: DType): readonly [number | bigint, number | bigint] {
  if (dtype === 'bool') return [0, 1];
  const bits = dtypeBits(dtype);
  if (dtypeKind(dtype) === 'signed') {
    return bits === 64 ? [-(2n ** 63n), 2n ** 63n - 1n] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  }
  return bits === 64 ? [0, 2n ** 64n - 1n] : [0, 2 ** bits - 1];
}

/** `["location": "weights.bin", "offset": "64", "length": "8"]` */
function parseExternal(
  cursor: Cursor,
  dtype: DType,
  dims: readonly number[],
  files: ExternalFiles | undefined,
): Tensor {
  const externalData = parseStringPairs(cursor).map(([key, value]) => ({ key, value }));
  const message = {
    dims,
    dataType: dtypeCode(dtype),
    externalData,
    dataLocation: TensorProtoDataLocationCode.EXTERNAL,
  };
  return decodeTensor({ file: cursor.file ?? '', externalFiles: files }, message, () => ({}));
}

/** Reads `["key": "value", ...]`. */
export function parseStringPairs(cursor: Cursor): readonly (readonly [string, string])[] {
  cursor.expect('[');
  const pairs: (readonly [string, string])[] = [];
  if (cursor.accept(']')) return pairs;
  do {
    const key = cursor.string();
    cursor.expect(':');
    pairs.push([key, cursor.string()]);
  } while (cursor.accept(','));
  cursor.expect(']');
  return pairs;
}
