import type { Where } from '../../errors.ts';
import { byteLength, type DType, dtypeFromCode } from '../../types/dtype.ts';
import { type SparseTensor, Tensor, type TensorData } from '../../types/tensor.ts';
import { externalData } from '../external-data.ts';
import {
  TensorProtoDataLocationCode as Location,
  type SparseTensorProto,
  type TensorProto,
} from '../generated/messages.ts';
import { SparseOrigin, TensorOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { SourceData } from '../source-data.ts';
import { type RawData, WireBytes } from '../wire/wire-bytes.ts';
import { type FileContext, invalid, unsupported } from './decode-context.ts';
import { fieldOf, TypedList, typedFields } from './typed-list.ts';

/** A tensor over the data of a `TensorProto`, wherever they lie. Their amount is checked, nothing is read. */
export function decodeTensor(ctx: FileContext, message: TensorProto, where: Where): Tensor {
  const place = { ...where, value: message.name ?? where.value };
  const named = `tensor ${shown(message.name)}`;
  const dtype = dtypeFromCode(message.dataType ?? 0);
  if (dtype === undefined) {
    throw invalid(
      ctx,
      place,
      `${named} has element type ${message.dataType ?? 0}, which ONNX does not define`,
    );
  }
  const dims = decodeDims(ctx, message.dims ?? [], place, named);
  if (message.segment)
    throw unsupported(ctx, place, `${named} is stored in segments, which no runtime reads`);
  const count = dims.reduce((a, b) => a * b, 1);
  const origin = new TensorOrigin(message);
  if (dtype === 'string') return decodeStrings(ctx, message, dims, count, origin, place, named);
  return Tensor.lazy(dtype, dims, dataOf(ctx, message, dtype, count, place, named), origin);
}

function decodeDims(
  ctx: FileContext,
  dims: TensorProto['dims'],
  where: Where,
  named: string,
): readonly number[] {
  let bytes = 1;
  const decoded: number[] = [];
  for (const dim of dims ?? []) {
    if (typeof dim !== 'number')
      throw invalid(ctx, where, `${named} has a dimension of ${dim}, which is too large`);
    if (dim < 0) throw invalid(ctx, where, `${named} has the negative dimension ${dim}`);
    decoded.push(dim);
    bytes *= Math.max(dim, 1);
    if (bytes > Number.MAX_SAFE_INTEGER / 16)
      throw invalid(ctx, where, `the dimensions of ${named} multiply to too much`);
  }
  return decoded;
}

function dataOf(
  ctx: FileContext,
  message: TensorProto,
  dtype: Exclude<DType, 'string'>,
  count: number,
  where: Where,
  named: string,
): TensorData {
  const want = byteLength(dtype, count);
  if (message.dataLocation === Location.EXTERNAL) {
    const data = externalData(message, want, named, ctx.file, ctx.externalFiles);
    return data;
  }
  const { key, perElement } = fieldOf(dtype);
  for (const other of typedFields) {
    if (message[other] !== undefined && other !== key) {
      throw invalid(ctx, where, `${named} of type ${dtype} has data of another type (${other})`);
    }
  }
  const list = message[key];
  const raw = message.rawData;
  if (message.stringData) throw invalid(ctx, where, `${named} of type ${dtype} has string data`);
  if (raw !== undefined) {
    if (list !== undefined)
      throw invalid(ctx, where, `${named} has its data twice, as raw_data and as ${key}`);
    const size = rawSize(raw);
    if (size !== want) {
      throw invalid(
        ctx,
        where,
        `${named} has ${size} bytes of data, but its type and dimensions take ${want}`,
      );
    }
    return rawData(raw);
  }
  const items = perElement >= 1 ? count * perElement : Math.ceil(count * perElement);
  if (list === undefined) {
    if (items > 0)
      throw invalid(ctx, where, `${named} has no data, but its dimensions say ${count} elements`);
    return { byteLength: 0, load: () => new Uint8Array(0) };
  }
  const data = new TypedList(list, dtype, items, want, named);
  data.check();
  return data;
}

function rawSize(raw: RawData): number {
  return raw instanceof WireBytes ? raw.size : raw.byteLength;
}

function rawData(raw: RawData): TensorData {
  if (!(raw instanceof WireBytes)) return raw;
  const part = raw.parts[0];
  return new SourceData(raw.source, part?.start ?? 0, raw.size);
}

function decodeStrings(
  ctx: FileContext,
  message: TensorProto,
  dims: readonly number[],
  count: number,
  origin: TensorOrigin,
  where: Where,
  named: string,
): Tensor {
  if (message.rawData !== undefined || message.dataLocation === Location.EXTERNAL) {
    throw invalid(ctx, where, `${named} holds strings, which ONNX allows in string_data only`);
  }
  for (const other of typedFields) {
    if (message[other] !== undefined) throw invalid(ctx, where, `${named} holds strings, but has ${other}`);
  }
  const strings = message.stringData ?? [];
  if (strings.length !== count) {
    throw invalid(ctx, where, `${named} has ${strings.length} strings, but its dimensions say ${count}`);
  }
  return Tensor.ofStrings(dims, strings, origin);
}

/** A sparse tensor. Its indices are looked at, since running past the end would be found too late. */
export function decodeSparse(ctx: FileContext, message: SparseTensorProto, where: Where): SparseTensor {
  const named = `sparse tensor ${shown(message.values?.name)}`;
  const place = { ...where, value: message.values?.name ?? where.value };
  if (!message.values || !message.indices)
    throw invalid(ctx, place, `${named} lacks its values or its indices`);
  const dims = decodeDims(ctx, message.dims, place, named);
  const values = decodeTensor(ctx, message.values, place);
  const indices = decodeTensor(ctx, message.indices, place);
  const [nnz = 0] = values.dims;
  const linear = indices.rank === 1;
  if (values.rank !== 1) throw invalid(ctx, place, `the values of ${named} do not have one dimension`);
  if (
    indices.dtype !== 'int64' ||
    indices.dims[0] !== nnz ||
    !(linear || (indices.rank === 2 && indices.dims[1] === dims.length))
  ) {
    throw invalid(ctx, place, `the indices of ${named} are not int64 [${nnz}] or [${nnz}, ${dims.length}]`);
  }
  const limits = linear ? [dims.reduce((a, b) => a * b, 1)] : dims;
  const bytes = indices.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < indices.size; i += 1) {
    const index = view.getBigInt64(8 * i, true);
    if (index < 0n || index >= BigInt(limits[i % limits.length] ?? 0)) {
      throw invalid(ctx, place, `${named} has the index ${index}, which is out of range`);
    }
  }
  return { dims, values, indices, origin: new SparseOrigin(message) };
}
