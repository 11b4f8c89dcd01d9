import { type Dim, dimName } from '../../types/dim.ts';
import { dtypeCode } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { TensorShapeProto, TensorShapeProtoDimension, TypeProto } from '../generated/messages.ts';

/** A type as a `TypeProto`. Dimensions that are neither a number nor one name are written as unknown. */
export function encodeType(type: ValueType): TypeProto {
  switch (type.kind) {
    case 'tensor':
      return { tensorType: { elemType: dtypeCode(type.dtype), shape: encodeShape(type.shape) } };
    case 'sparse':
      return { sparseTensorType: { elemType: dtypeCode(type.dtype), shape: encodeShape(type.shape) } };
    case 'sequence':
      return { sequenceType: { elemType: type.of && encodeType(type.of) } };
    case 'optional':
      return { optionalType: { elemType: type.of && encodeType(type.of) } };
    case 'map':
      return { mapType: { keyType: dtypeCode(type.key), valueType: type.value && encodeType(type.value) } };
    case 'opaque':
      return { opaqueType: { domain: type.domain, name: type.name } };
  }
}

function encodeShape(shape: Shape | undefined): TensorShapeProto | undefined {
  return shape && { dim: shape.map(encodeDim) };
}

function encodeDim(dim: Dim): TensorShapeProtoDimension {
  if (typeof dim === 'number') return { dimValue: dim };
  const name = dimName(dim);
  return name === undefined ? {} : { dimParam: name };
}
