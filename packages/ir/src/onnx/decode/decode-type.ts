import { type Dim, freshDim, symbolDim } from '../../types/dim.ts';
import { dtypeFromCode } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { TensorShapeProto, TensorShapeProtoDimension, TypeProto } from '../generated/messages.ts';
import type { DecodeContext } from './decode-context.ts';

/**
 * The type that a `TypeProto` states; undefined when it states none, or one with an element type that
 * nobody knows. Dimensions without a size or a name are different unknowns in each value.
 */
export function decodeType(ctx: DecodeContext, type: TypeProto | undefined): ValueType | undefined {
  if (type === undefined) return undefined;
  if (ctx.types.has(type)) return ctx.types.get(type);
  const made = new Anonymous();
  const decoded = convert(type, made);
  if (!made.any) ctx.types.set(type, decoded);
  return decoded;
}

/** Notes whether a type holds a dimension of its own, so that values cannot share it. */
class Anonymous {
  any = false;
}

function convert(type: TypeProto, made: Anonymous): ValueType | undefined {
  if (type.tensorType) {
    const dtype = dtypeFromCode(type.tensorType.elemType ?? 0);
    return dtype && { kind: 'tensor', dtype, ...shaped(type.tensorType.shape, made) };
  }
  if (type.sparseTensorType) {
    const dtype = dtypeFromCode(type.sparseTensorType.elemType ?? 0);
    return dtype && { kind: 'sparse', dtype, ...shaped(type.sparseTensorType.shape, made) };
  }
  if (type.sequenceType) return { kind: 'sequence', of: inner(type.sequenceType.elemType, made) };
  if (type.optionalType) return { kind: 'optional', of: inner(type.optionalType.elemType, made) };
  if (type.mapType) {
    const key = dtypeFromCode(type.mapType.keyType ?? 0);
    return key && { kind: 'map', key, value: inner(type.mapType.valueType, made) };
  }
  if (type.opaqueType) {
    return { kind: 'opaque', domain: type.opaqueType.domain ?? '', name: type.opaqueType.name ?? '' };
  }
  return undefined;
}

/** The reader limits how deep messages are nested, so this may recurse. */
function inner(type: TypeProto | undefined, made: Anonymous): ValueType | undefined {
  return type && convert(type, made);
}

function shaped(shape: TensorShapeProto | undefined, made: Anonymous): { shape?: Shape } {
  return shape ? { shape: (shape.dim ?? []).map((dim) => dimOf(dim, made)) } : {};
}

function dimOf(dim: TensorShapeProtoDimension, made: Anonymous): Dim {
  // Old exporters wrote -1 for an unknown size.
  if (typeof dim.dimValue === 'number' && dim.dimValue >= 0) return dim.dimValue;
  // Some exporters write `?` for every unknown size: without a letter or digit it names nothing.
  if (dim.dimParam !== undefined && /[\p{L}\p{N}]/u.test(dim.dimParam)) return symbolDim(dim.dimParam);
  made.any = true;
  return freshDim();
}
