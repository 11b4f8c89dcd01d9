import { hashBytes } from '../analysis/hash-bytes.ts';
import { ModelError } from '../errors.ts';
import { UnreachableData } from '../onnx/external-data.ts';
import { TensorOrigin } from '../onnx/origin.ts';
import { dtypeKind } from '../types/dtype.ts';
import { tensorElements } from '../types/elements.ts';
import {
  isSmallFloat,
  numberToSmallFloat,
  type SmallFloat,
  smallFloatToNumber,
} from '../types/small-floats.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import { printDecimal, printDouble, printFloat32 } from './numbers.ts';
import type { PrintOptions } from './print-options.ts';
import { quote } from './quote.ts';
import { textOfDType } from './types.ts';

/** More elements than this do not fit in a string. */
const MAX_ELEMENTS = 2 ** 27;

/** What printing says when the text would be longer than a string can be. */
export function tooLong(): ModelError {
  return new ModelError(
    'model/limit',
    'the text of this model is too long',
    {},
    'Leave out large tensors: maxElements.',
  );
}

/** The type of a tensor as text: `float[2,3]`. */
export function printTensorType(tensor: Tensor): string {
  return textOfDType(tensor.dtype) + (tensor.rank === 0 ? '' : `[${tensor.dims.join(',')}]`);
}

/** The entries that say where the data of a tensor are, when they cannot be reached from here. */
function externalEntries(tensor: Tensor): readonly string[] | undefined {
  if (!(tensor.data instanceof UnreachableData) || !(tensor.origin instanceof TensorOrigin)) return undefined;
  const entries = tensor.origin.message.externalData ?? [];
  return entries.map((e) => `${quote(e.key ?? '')}: ${quote(e.value ?? '')}`);
}

/** The data of a tensor as text: `{1,2,3}`, or `{...}` when there are more than the options allow. */
export function printTensorData(tensor: Tensor, options: PrintOptions): string {
  const elsewhere = externalEntries(tensor);
  if (elsewhere) return `[${elsewhere.join(', ')}]`;
  if (tensor.size > (options.maxElements ?? Number.POSITIVE_INFINITY)) {
    return options.digests && tensor.data ? `{... ${digest(tensor.bytes())}}` : '{...}';
  }
  if (tensor.size > MAX_ELEMENTS) throw tooLong();
  return `{${elementTexts(tensor, options).join(',')}}`;
}

function digest(bytes: Uint8Array): string {
  const words = [hashBytes(bytes, 0), hashBytes(bytes, 1)];
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** A tensor with its type, as in an attribute: `float[2] {1,2}`. */
export function printTensor(tensor: Tensor, options: PrintOptions): string {
  // Brackets right behind a scalar type would be its dimensions.
  const equals = tensor.data instanceof UnreachableData ? ' =' : '';
  return `${printTensorType(tensor)}${equals} ${printTensorData(tensor, options)}`;
}

/** The type of a sparse tensor: `sparse_tensor(float[3,4])`. */
export function printSparseType(sparse: SparseTensor): string {
  const dims = sparse.dims.length === 0 ? '' : `[${sparse.dims.join(',')}]`;
  return `sparse_tensor(${textOfDType(sparse.values.dtype)}${dims})`;
}

/** The data of a sparse tensor: the values, then their places. ONNX's own parser has no form for it. */
export function printSparseData(sparse: SparseTensor, options: PrintOptions): string {
  return `{${printTensor(sparse.values, options)}, ${printTensor(sparse.indices, options)}}`;
}

function elementTexts(tensor: Tensor, options: PrintOptions): readonly string[] {
  if (tensor.strings) return tensor.strings.map(quote);
  const { dtype } = tensor;
  const elements: ArrayLike<number | bigint> = tensorElements(tensor);
  if (isSmallFloat(dtype)) {
    const codes = Array.from(elements, Number);
    return (options.decimals === true ? decimalTexts(dtype, codes) : undefined) ?? codes.map(String);
  }
  const kind = dtypeKind(dtype);
  if (kind !== 'float' && kind !== 'complex') return Array.from(elements, String);
  const print = elements instanceof Float32Array ? printFloat32 : printDouble;
  return Array.from(elements, (x) => print(Number(x)));
}

/** Undefined when some code would not come back from its value, as with the many codes of NaN. */
function decimalTexts(dtype: SmallFloat, codes: readonly number[]): readonly string[] | undefined {
  const values = codes.map((code) => smallFloatToNumber(dtype, code));
  const exact = values.every((value, i) => numberToSmallFloat(dtype, value) === codes[i]);
  return exact ? values.map(printDecimal) : undefined;
}
