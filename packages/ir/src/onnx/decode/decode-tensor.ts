import type { ModelError, Where } from '../../errors.ts';
import { byteLength, type DType, dtypeFromCode } from '../../types/dtype.ts';
import { Tensor, type TensorData } from '../../types/tensor.ts';
import { externalData } from '../external-data.ts';
import { TensorProtoDataLocationCode as Location, type TensorProto } from '../generated/messages.ts';
import { TensorOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { SourceData } from '../source-data.ts';
import { type RawData, WireBytes } from '../wire/wire-bytes.ts';
import { type FileContext, invalid, unsupported } from './decode-context.ts';
import { fieldOf, TypedList, typedFields } from './typed-list.ts';

/** The error for a tensor, from the rest of a sentence about it. Names are put into words only when it is needed. */
type Fail = (what: string) => ModelError;

/** A tensor over the data of a `TensorProto`, wherever they lie. Their amount is checked, nothing is read. */
export function decodeTensor(ctx: FileContext, message: TensorProto, where: () => Where): Tensor {
  const place = (): Where => ({ ...where(), value: message.name ?? where().value });
  const fail: Fail = (what) => invalid(ctx, place(), `tensor ${shown(message.name)} ${what}`);
  const code = message.dataType ?? 0;
  const dtype = dtypeFromCode(code);
  if (dtype === undefined) throw fail(`has element type ${code}, which ONNX does not define`);
  const dims = decodeDims(message.dims, fail);
  if (message.segment) {
    throw unsupported(
      ctx,
      place(),
      `tensor ${shown(message.name)} is stored in segments, which no runtime reads`,
    );
  }
  let count = 1;
  for (const dim of dims) count *= dim;
  const origin = new TensorOrigin(message);
  if (dtype === 'string') return Tensor.ofStrings(dims, stringsOf(message, count, fail), origin);
  return Tensor.lazy(dtype, dims, dataOf(ctx, message, dtype, count, fail), origin);
}

/** Dimensions whose product, and the bytes it takes in the widest type, are exact numbers. */
export function decodeDims(dims: TensorProto['dims'], fail: Fail): readonly number[] {
  const decoded: number[] = [];
  let bytes = 16;
  for (const dim of dims ?? []) {
    if (typeof dim !== 'number') throw fail(`has a dimension of ${dim}, which is too large`);
    if (dim < 0) throw fail(`has the negative dimension ${dim}`);
    decoded.push(dim);
    bytes *= Math.max(dim, 1);
    if (bytes > Number.MAX_SAFE_INTEGER) throw fail('has dimensions that multiply to too much');
  }
  return decoded;
}

function dataOf(
  ctx: FileContext,
  message: TensorProto,
  dtype: Exclude<DType, 'string'>,
  count: number,
  fail: Fail,
): TensorData {
  const want = byteLength(dtype, count);
  if (message.dataLocation === Location.EXTERNAL) return externalData(ctx, message, want);
  const { key, perElement } = fieldOf(dtype);
  refuseOtherFields(message, key, dtype, fail);
  if (message.stringData) throw fail(`of type ${dtype} has string data`);
  const list = message[key];
  const raw = message.rawData;
  if (raw !== undefined) {
    if (list !== undefined) throw fail(`has its data twice, as raw_data and as ${key}`);
    return rawData(raw, want, fail);
  }
  const items = Math.ceil(count * perElement);
  if (list === undefined) {
    if (items > 0) throw fail(`has no data, but its dimensions say ${count} elements`);
    return { byteLength: 0, load: () => new Uint8Array(0) };
  }
  const data = new TypedList(list, dtype, items, want, message.name);
  data.check();
  return data;
}

function rawData(raw: RawData, want: number, fail: Fail): TensorData {
  const size = raw instanceof WireBytes ? raw.size : raw.byteLength;
  if (size !== want) throw fail(`has ${size} bytes of data, but its type and dimensions take ${want}`);
  if (!(raw instanceof WireBytes)) return raw;
  return new SourceData(raw.source, raw.parts[0]?.start ?? 0, size);
}

function stringsOf(message: TensorProto, count: number, fail: Fail): readonly string[] {
  if (message.rawData !== undefined || message.dataLocation === Location.EXTERNAL) {
    throw fail('holds strings, which ONNX allows in string_data only');
  }
  refuseOtherFields(message, undefined, 'string', fail);
  const strings = message.stringData ?? [];
  if (strings.length !== count) throw fail(`has ${strings.length} strings, but its dimensions say ${count}`);
  return strings;
}

function refuseOtherFields(message: TensorProto, own: string | undefined, dtype: DType, fail: Fail): void {
  for (const field of typedFields) {
    if (field !== own && message[field] !== undefined) {
      throw fail(`of type ${dtype} has data of another type (${field})`);
    }
  }
}
