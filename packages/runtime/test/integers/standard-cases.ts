import type { Attribute, DType } from '@refold/ir';
import type { NdArray, Random } from '@refold/runtime';
import {
  codes,
  constant,
  fed,
  filled,
  flag,
  nearTies,
  parameters,
  pick,
  scaleOf,
  scales,
  sizes,
} from './draw.ts';
import type { IntegerCase } from './integer-case.ts';

export type Draw = (r: Random) => IntegerCase;

const bytes = ['uint8', 'int8'] as const;
const integers = [...bytes, 'uint16', 'int16', 'uint4', 'int4'] as const;
const smallFloats = ['float8e4m3fn', 'float8e5m2'] as const;

const int = (name: string, value: number): Attribute => ({ name, type: 'int', value });
const ints = (name: string, value: readonly number[]): Attribute => ({ name, type: 'ints', value });

interface Layout {
  readonly shape: readonly number[];
  readonly attributes: readonly Attribute[];
}

/** One scale, one for each index of an axis, or one for each block along an axis; the last block may be short. */
function layoutOf(r: Random, dims: readonly number[]): Layout {
  const form = r.between(0, 3);
  const axis = r.between(0, dims.length);
  if (form === 0) return { shape: [], attributes: [] };
  if (form === 1) return { shape: [dims[axis] ?? 1], attributes: [int('axis', axis)] };
  const block = r.between(1, (dims[axis] ?? 1) + 1);
  const shape = dims.map((d, i) => (i === axis ? Math.ceil(d / block) : d));
  return { shape, attributes: [int('axis', axis), int('block_size', block)] };
}

/** Zero points of float8 are 0. */
function zeroPoints(r: Random, dtype: DType, shape: readonly number[]): NdArray {
  return dtype.startsWith('float') ? filled(dtype, shape, () => 0) : codes(r, dtype, shape);
}

const extremes = [
  1e30,
  -1e30,
  3e9,
  -3e9,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  0,
  1e-45,
];

const quantizeLinear: Draw = (r) => {
  const dtype = pick(r, [...integers, ...integers, ...smallFloats]);
  const dims = sizes(r, 2, 40);
  const { shape, attributes } = layoutOf(r, dims);
  const scale = shape.length === 0 ? filled('float32', [], () => scaleOf(r)) : scales(r, shape);
  const near = nearTies(r, dims, Number(scale.data[0]), dtype.startsWith('float') ? 'int8' : dtype);
  const x = flag(r)
    ? near
    : filled('float32', dims, (i) => (r.between(0, 20) === 0 ? pick(r, extremes) : Number(near.data[i])));
  return {
    op: 'QuantizeLinear',
    operands: [fed(x), constant(scale), constant(zeroPoints(r, dtype, shape))],
    attributes,
  };
};

const dequantizeLinear: Draw = (r) => {
  const dtype = pick(r, [...integers, ...smallFloats, 'int32'] as const);
  const dims = sizes(r, 2, 40);
  const { shape, attributes } = layoutOf(r, dims);
  const x = dtype.startsWith('float')
    ? filled(dtype, dims, () => r.normal() * 50)
    : dtype === 'int32'
      ? filled(dtype, dims, () => r.between(-(2 ** 31), 2 ** 31) >> r.between(0, 24))
      : codes(r, dtype, dims);
  const zero = dtype === 'int32' ? undefined : constant(zeroPoints(r, dtype, shape));
  return { op: 'DequantizeLinear', operands: [fed(x), constant(scales(r, shape)), zero], attributes };
};

const dynamicQuantizeLinear: Draw = (r) => {
  const dims = sizes(r, 2, 40);
  const [scale, shift] = [scaleOf(r) * 100, pick(r, [0, 0, 1, -1, 30])];
  const x =
    r.between(0, 20) === 0
      ? filled('float32', dims, () => 0)
      : filled('float32', dims, () => (r.normal() + shift) * scale);
  return { op: 'DynamicQuantizeLinear', operands: [fed(x)], outputs: 3 };
};

const matMulInteger: Draw = (r) => {
  const [a, b] = [pick(r, bytes), pick(r, bytes)];
  const [m, k, n] = [r.between(1, 12), r.between(1, 80), r.between(1, 12)];
  const batch = flag(r) ? [] : [r.between(1, 3)];
  const zero = (dtype: DType, shape: readonly number[]) =>
    r.between(0, 3) === 0 ? undefined : constant(codes(r, dtype, shape));
  const zeroA = zero(a, []);
  return {
    op: 'MatMulInteger',
    operands: [
      fed(codes(r, a, [...batch, m, k])),
      constant(codes(r, b, [k, n])),
      zeroA,
      zero(b, flag(r) ? [n] : []),
    ],
  };
};

/** Sizes of a convolution of one or two groups. */
function convolution(r: Random) {
  const group = r.between(1, 3);
  const [perGroup, outputs] = [r.between(1, 4), group * r.between(1, 4)];
  const kernel = sizes(r, 2, 3);
  const image = kernel.map((d) => d + r.between(0, 6));
  const pads = [0, 0, 0, 0].map((_, i) => r.between(0, kernel[i % 2] ?? 1));
  return {
    x: [r.between(1, 3), group * perGroup, ...image],
    w: [outputs, perGroup, ...kernel],
    outputs,
    attributes: [
      int('group', group),
      ints('kernel_shape', kernel),
      ints('pads', pads),
      ints('strides', sizes(r, 2, 2)),
    ],
  };
}

const convInteger: Draw = (r) => {
  const { x, w, attributes } = convolution(r);
  const [a, b] = [pick(r, bytes), pick(r, bytes)];
  return {
    op: 'ConvInteger',
    operands: [
      fed(codes(r, a, x)),
      constant(codes(r, b, w)),
      constant(codes(r, a, [])),
      constant(codes(r, b, [])),
    ],
    attributes,
  };
};

/** Pairs of types that ONNX Runtime has kernels for. */
const pairs = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'int8'],
] as const;

/** A scale for the result: one in four times such that the multiplier is one half, and ties are exact. */
function resultScale(r: Random, product: number): number {
  return r.between(0, 4) === 0
    ? Math.fround(product * 2)
    : Math.fround(product * 2 ** r.between(2, 9) * (1 + r.next()));
}

const qLinearMatMul: Draw = (r) => {
  const [a, b] = pick(r, pairs);
  const [m, k, n] = [r.between(1, 12), r.between(1, 80), r.between(1, 12)];
  const [sa, sb] = [scaleOf(r), scaleOf(r)];
  return {
    op: 'QLinearMatMul',
    operands: [
      ...[fed(codes(r, a, [m, k])), ...parameters(r, a, sa)],
      ...[constant(codes(r, b, [k, n])), ...parameters(r, b, sb)],
      ...parameters(r, a, resultScale(r, sa * sb)),
    ],
  };
};

const qLinearConv: Draw = (r) => {
  const { x, w, outputs, attributes } = convolution(r);
  const [a, b] = pick(r, pairs);
  const perChannel = flag(r);
  const sx = scaleOf(r);
  const sw = perChannel ? scales(r, [outputs]) : filled('float32', [], () => scaleOf(r));
  // With a scale a channel, zero points of weights are equal.
  const zero =
    r.between(0, 3) === 0 && !perChannel
      ? codes(r, b, [])
      : filled(b, sw.dims, () => (b === 'int8' ? 0 : 128));
  const bias = flag(r) ? constant(filled('int32', [outputs], () => r.between(-20_000, 20_000))) : undefined;
  return {
    op: 'QLinearConv',
    operands: [
      ...[fed(codes(r, a, x)), ...parameters(r, a, sx)],
      ...[constant(codes(r, b, w)), constant(sw), constant(zero)],
      ...parameters(r, a, resultScale(r, sx * Number(sw.data[0]))),
      bias,
    ],
    attributes,
  };
};

export const standardCases: readonly Draw[] = [
  quantizeLinear,
  dequantizeLinear,
  dynamicQuantizeLinear,
  matMulInteger,
  convInteger,
  qLinearMatMul,
  qLinearConv,
];
