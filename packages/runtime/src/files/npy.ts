import { type DType, dtypeBits, dtypeKind, elementCount } from '@refold/ir';
import { NdArray, type NdData } from '../tensor/nd-array.ts';
import { badData } from './bad-data.ts';
import { fromFortranOrder } from './fortran-order.ts';
import { type NpyHeader, npyHeader, readNpyHeader } from './npy-header.ts';
import { codePointsOf, readBytesStrings, readUnicode, unicodeBytes } from './npy-strings.ts';

const HOST_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Kind and bytes of NumPy's types that are element types of ONNX. */
const types: ReadonlyMap<string, DType> = new Map<string, DType>([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['c8', 'complex64'],
  ['c16', 'complex128'],
]);

const descrs: ReadonlyMap<DType, string> = new Map([...types].map(([descr, dtype]) => [dtype, descr]));

/** Options of `readNpy`. */
export interface ReadArrayOptions {
  /**
   * What the elements are, where the file cannot say: NumPy has no bfloat16 and no floats of 8 bits and fewer
   * (they are written as raw bytes or as codes in uint8 and uint16), nor integers of less than 8 bits.
   */
  readonly dtype?: DType | undefined;
}

/**
 * The array of an `.npy` file, of any version and byte order, in C or Fortran order. Throws `usage/data` for
 * what is none, for a size that does not fit its shape, and for elements that ONNX does not have.
 */
export function readNpy(bytes: Uint8Array, options: ReadArrayOptions = {}): NdArray {
  const header = readNpyHeader(bytes);
  const items = itemsOf(header, bytes.length);
  // A copy of its own, so that views of it are aligned.
  const content = new Uint8Array(bytes.subarray(header.offset));
  const array = elementsOf(items, header.shape, content, options.dtype);
  return header.fortranOrder ? fromFortranOrder(array) : array;
}

/** How a file writes elements. */
export interface Items {
  /** NumPy's letter for what they are. */
  readonly kind: string;
  /** Bytes of an item. */
  readonly width: number;
  readonly swapped: boolean;
}

/** What a header says of the elements in a file of so many bytes. Throws `usage/data` where these do not fit its shape. */
export function itemsOf({ descr, shape, offset }: NpyHeader, fileBytes: number): Items {
  const match = /^([<>|=]?)([a-zA-Z])(\d{1,9})$/.exec(descr);
  if (!match) throw badData('.npy', `its elements are of the type '${descr}'`);
  const [, order = '', kind = '', size = ''] = match;
  const width = Number(size) * (kind === 'U' ? 4 : 1);
  const count = elementCount(shape);
  const have = fileBytes - offset;
  if (width === 0 && count > 0) throw badData('.npy', 'its elements have no size');
  if (!Number.isSafeInteger(count * width) || count * width !== have) {
    throw badData(
      '.npy',
      `shape (${shape.join(', ')}) of '${descr}' does not take the ${have} bytes that are there`,
    );
  }
  return { kind, width, swapped: order === '>' || (order === '=' && !HOST_LITTLE) };
}

/**
 * The array of the elements that `content`, all of a buffer, holds as a file has them, in row-major order. It may be
 * changed, and belongs to the array from then on.
 */
export function elementsOf(
  { kind, width, swapped }: Items,
  shape: readonly number[],
  content: Uint8Array,
  wanted: DType | undefined,
): NdArray {
  const count = elementCount(shape);
  if (kind === 'U') return new NdArray('string', shape, readUnicode(content, count, width, swapped));
  if (kind === 'S' || kind === 'a')
    return new NdArray('string', shape, readBytesStrings(content, count, width));
  const own = types.get(`${kind}${width}`);
  const dtype = wanted !== undefined && wanted !== own && isCodeOf(kind, width, wanted) ? wanted : own;
  if (dtype === undefined) {
    const reason =
      kind === 'V'
        ? `raw ones of ${width} bytes, which must be given a type`
        : `of the type '${kind}${width}'`;
    throw badData('.npy', `its elements are ${kind === 'O' ? 'Python objects' : reason}`);
  }
  const unit = dtypeKind(dtype) === 'complex' ? width / 2 : width;
  if (swapped === HOST_LITTLE) swapBytes(content, unit);
  const array = new NdArray(dtype, shape, viewOf(dtype, content));
  if (dtype === 'bool') normaliseBools(array.data);
  return array;
}

/** Whether items of a file hold elements of `dtype` as raw bytes or codes, one element an item. */
function isCodeOf(kind: string, width: number, dtype: DType): boolean {
  if (descrs.has(dtype) || dtype === 'string') return false;
  if (dtypeKind(dtype) === 'signed') return kind === 'i' && width === 1;
  return (kind === 'V' || kind === 'u') && width === (dtypeBits(dtype) > 8 ? 2 : 1);
}

/** The elements as an array of the host's byte order. `content` begins at an aligned address. */
function viewOf(dtype: DType, content: Uint8Array): NdData {
  const { buffer } = content;
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return new Float32Array(buffer);
    case 'float64':
    case 'complex128':
      return new Float64Array(buffer);
    case 'int8':
    case 'int4':
    case 'int2':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer);
    default:
      return content;
  }
}

function normaliseBools(data: NdData): void {
  if (Array.isArray(data)) return;
  for (let i = 0; i < data.length; i += 1) if (data[i] !== 0) data[i] = 1;
}

/** Turns the bytes of every unit round, in place. */
function swapBytes(bytes: Uint8Array, unit: number): void {
  if (unit < 2) return;
  for (let at = 0; at < bytes.length; at += unit) {
    for (let i = at, j = at + unit - 1; i < j; i += 1, j -= 1) {
      const byte = bytes[i] as number;
      bytes[i] = bytes[j] as number;
      bytes[j] = byte;
    }
  }
}

/**
 * The bytes of an `.npy` file. What NumPy has no type for is written as `ml_dtypes` does, as raw bytes
 * (bfloat16, floats of 8 bits and fewer), integers of less than 8 bits as int8 and uint8, strings as unicode.
 */
export function writeNpy(array: NdArray): Uint8Array {
  const { dims, data, dtype } = array;
  if (Array.isArray(data)) {
    let width = 1;
    for (const text of data) width = Math.max(width, codePointsOf(text));
    return joined(npyHeader(`<U${width}`, dims), unicodeBytes(data, width));
  }
  const content = new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (!HOST_LITTLE) swapBytes(content, data.BYTES_PER_ELEMENT);
  return joined(npyHeader(descrOf(dtype), dims), content);
}

function descrOf(dtype: DType): string {
  const known = descrs.get(dtype);
  if (known !== undefined) return `${/1$/.test(known) ? '|' : '<'}${known}`;
  if (dtypeKind(dtype) === 'signed') return '|i1';
  if (dtypeKind(dtype) === 'unsigned') return '|u1';
  return dtypeBits(dtype) > 8 ? '<V2' : '|V1';
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const out = new Uint8Array(head.length + tail.length);
  out.set(head);
  out.set(tail, head.length);
  return out;
}
