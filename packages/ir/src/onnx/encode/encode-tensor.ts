import { dtypeCode } from '../../types/dtype.ts';
import type { SparseTensor, Tensor } from '../../types/tensor.ts';
import {
  TensorProtoDataLocationCode as Location,
  type SparseTensorProto,
  type TensorProto,
} from '../generated/messages.ts';
import { SparseOrigin, TensorOrigin } from '../origin.ts';
import type { EncodeContext } from './encode-context.ts';

/** A tensor in the form in which it was read; data of new ones, and of ones that change place, go to `raw_data`. */
export function encodeTensor(
  ctx: Pick<EncodeContext, 'place'>,
  tensor: Tensor,
  name: string | undefined,
  isPart = false,
): TensorProto {
  const read = tensor.origin instanceof TensorOrigin ? tensor.origin.message : undefined;
  const external = ctx.place(tensor, isPart);
  if (read && !external && read.dataLocation !== Location.EXTERNAL) {
    return read.name === name ? read : { ...read, name };
  }
  const head: TensorProto = {
    dims: tensor.dims,
    dataType: dtypeCode(tensor.dtype),
    name,
    docString: read?.docString,
    metadataProps: read?.metadataProps,
    unknown: read?.unknown,
  };
  if (external) return { ...head, externalData: external, dataLocation: Location.EXTERNAL };
  if (tensor.data) return { ...head, rawData: tensor.data };
  return { ...head, stringData: tensor.strings };
}

/** The name that a tensor had where it was read. */
export function nameInFile(tensor: Tensor): string | undefined {
  return tensor.origin instanceof TensorOrigin ? tensor.origin.message.name : undefined;
}

export function encodeSparse(
  ctx: EncodeContext,
  sparse: SparseTensor,
  name: string | undefined,
): SparseTensorProto {
  const read = sparse.origin instanceof SparseOrigin ? sparse.origin.message : undefined;
  return {
    values: encodeTensor(ctx, sparse.values, name, true),
    indices: encodeTensor(ctx, sparse.indices, nameInFile(sparse.indices), true),
    dims: sparse.dims,
    unknown: read?.unknown,
  };
}
