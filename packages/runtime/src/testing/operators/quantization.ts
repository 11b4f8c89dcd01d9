import { type DType, dtypeBits, dtypeCode, isInteger } from '@refold/ir';
import type { Operand } from '../build/scope.ts';
import { hasElements, type Site } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';
import { isImage } from './linear.ts';

/** Scales have few digits, so that codes do not depend on the last bit. */
const scaleFill = { of: [0.25, 0.5, 1, 2, 0.125, 4] };

/** Shape of the scales of a tensor, and the attributes that say how they are laid out. */
function granularity(s: Site, dims: readonly number[]) {
  const form = dims.length === 0 || s.version < 13 ? 0 : s.choices.below(s.version < 21 ? 2 : 3);
  if (form === 0) return { shape: [], attributes: {} };
  const axis = s.choices.below(dims.length);
  if (form === 1) return { shape: [dims[axis] ?? 1], attributes: { axis } };
  const size = dims[axis] ?? 1;
  const block = s.choices.between(1, Math.max(1, size));
  const shape = dims.map((d, i) => (i === axis ? Math.ceil(d / block) : d));
  return { shape, attributes: { axis, block_size: block } };
}

const quantizeLinear: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { fits: hasElements });
  const { shape, attributes } = granularity(s, x.dims);
  const sameType = s.version < 23 ? (s.version < 19 ? 'float32' : x.dtype) : undefined;
  const scaleTypes =
    s.schema.inputs[1]?.type === 'T2' ? s.types(1).filter((d) => d !== 'int32' && d !== 'float8e8m0') : [];
  const scaleType = scaleTypes.length > 0 ? s.dtype(s.data(scaleTypes)) : (sameType ?? x.dtype);
  const scale = s.fresh(scaleType, shape, scaleFill);
  const codes = s.dtype(s.data(s.types(2)));
  const stated = s.has('output_dtype') && s.choices.flag();
  const zero = stated
    ? undefined
    : s.maybe(() => s.fresh(codes, shape, isInteger(codes) ? smallCodes(codes) : 'zeros'));
  s.node([x, scale, zero], {
    ...attributes,
    saturate: codes.startsWith('float8') ? s.flag() : undefined,
    output_dtype: stated ? dtypeCode(codes) : undefined,
  });
};

function smallCodes(dtype: DType) {
  const most = 2 ** Math.min(3, dtypeBits(dtype) - 1) - 1;
  return { from: dtype.startsWith('u') ? 0 : -most, to: most };
}

const dequantizeLinear: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { fits: hasElements });
  const { shape, attributes } = granularity(s, x.dims);
  const types = s.schema.inputs[1]?.type.startsWith('T')
    ? s.types(1).filter((d) => d !== 'float8e8m0')
    : ['float32' as const];
  const scale = s.fresh(s.dtype(s.data(types)), shape, scaleFill);
  const zero = s.maybe(() =>
    s.fresh(x.dtype, shape, isInteger(x.dtype) && dtypeBits(x.dtype) < 32 ? smallCodes(x.dtype) : 'zeros'),
  );
  s.node([x, scale, zero], attributes);
};

const dynamicQuantizeLinear: Generator = (s) => {
  s.node([s.fresh('float32', s.sizes(s.choices.between(1, 3)), 'normal')], {}, 3);
};

/** Scale and zero point of a tensor. */
function parameters(
  s: Site,
  dtype: DType,
  dims: readonly number[] = [],
  scaleType: DType = 'float32',
): readonly Operand[] {
  const zeroFill = isInteger(dtype) ? smallCodes(dtype) : 'zeros';
  return [s.fresh(scaleType, dims, scaleFill), s.fresh(dtype, dims, zeroFill)];
}

const qlinearMatMul: Generator = (s) => {
  const a = s.value(s.data(s.types(0)), { rank: [2, 3], fits: hasElements });
  const b = s.fresh(s.dtype(s.types(3).filter((d) => isInteger(d) === isInteger(a.dtype))), [
    a.dims.at(-1) ?? 1,
    s.choices.between(1, 4),
  ]);
  const y = s.dtype(s.types(7).filter((d) => isInteger(d) === isInteger(a.dtype)));
  const scaleType = s.version < 21 ? 'float32' : s.dtype(s.data(s.typesOf('TS')));
  s.node([
    ...[a, ...parameters(s, a.dtype, [], scaleType)],
    ...[b, ...parameters(s, b.dtype, [], scaleType)],
    ...parameters(s, y, [], scaleType),
  ]);
};

const qlinearConv: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), {
    rank: [4, 4],
    fits: isImage,
    dims: () => [1, s.choices.between(1, 3), ...s.sizes(2, 2)],
  });
  const kernel = x.dims.slice(2).map((d) => s.choices.between(1, Math.min(d, 2)));
  const outputs = s.choices.between(1, 3);
  const w = s.fresh(s.dtype(s.types(3)), [outputs, x.dims[1] ?? 1, ...kernel]);
  const perChannel = s.choices.flag() ? [outputs] : [];
  const bias = s.maybe(() => s.fresh('int32', [outputs], 'plain'));
  const inputs = [
    x,
    ...parameters(s, x.dtype),
    w,
    ...parameters(s, w.dtype, perChannel),
    ...parameters(s, s.dtype(s.types(7))),
    bias,
  ];
  const pad = s.choices.below(Math.min(2, ...kernel.map((k) => k)));
  s.node(inputs, { kernel_shape: kernel, pads: [pad, pad, pad, pad] });
};

export const quantizationFamily: Family = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  QLinearMatMul: qlinearMatMul,
  QLinearConv: qlinearConv,
};
