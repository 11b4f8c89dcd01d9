import type { ModelError, Where } from '../../errors.ts';
import type { SparseTensor, Tensor } from '../../types/tensor.ts';
import type { SparseTensorProto } from '../generated/messages.ts';
import { SparseOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { type FileContext, invalid } from './decode-context.ts';
import { decodeDims, decodeTensor } from './decode-tensor.ts';

/** A sparse tensor. Its indices are looked at here, since whoever uses them relies on their range. */
export function decodeSparse(ctx: FileContext, message: SparseTensorProto, where: () => Where): SparseTensor {
  const name = message.values?.name;
  const fail = (what: string): ModelError =>
    invalid(ctx, { ...where(), value: name ?? where().value }, `sparse tensor ${shown(name)} ${what}`);
  if (!message.values || !message.indices) throw fail('lacks its values or its indices');
  const dims = decodeDims(message.dims, fail);
  const values = decodeTensor(ctx, message.values, where);
  const indices = decodeTensor(ctx, message.indices, where);
  if (values.rank !== 1) throw fail('has values of more or less than one dimension');
  const count = values.size;
  const linear = indices.rank === 1;
  const fits = linear || (indices.rank === 2 && indices.dims[1] === dims.length);
  if (indices.dtype !== 'int64' || indices.dims[0] !== count || !fits) {
    throw fail(`has indices that are not int64 [${count}] or [${count},${dims.length}]`);
  }
  checkIndices(indices, linear ? [dims.reduce((a, b) => a * b, 1)] : dims, fail);
  return { dims, values, indices, origin: new SparseOrigin(message) };
}

/** Index `i` must be below limit `i` modulo the number of limits. */
function checkIndices(indices: Tensor, limits: readonly number[], fail: (what: string) => ModelError): void {
  const bytes = indices.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < indices.size; i += 1) {
    const index = view.getBigInt64(8 * i, true);
    if (index < 0n || index >= BigInt(limits[i % limits.length] ?? 0)) {
      throw fail(`has the index ${index}, which is out of range`);
    }
  }
}
