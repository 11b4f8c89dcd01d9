import type { Attribute } from '@refold/ir';
import type { Random } from '@refold/runtime';
import { codes, constant, fed, filled, flag, parameters, pick, scaleOf, scales, sizes } from './draw.ts';
import type { IntegerCase, Operand } from './integer-case.ts';
import type { Draw } from './standard-cases.ts';

const domain = 'com.microsoft';
const bytes = ['uint8', 'int8'] as const;
type Byte = (typeof bytes)[number];

/** A tensor of codes with its scale and zero point. */
function coded(r: Random, dtype: Byte, dims: readonly number[]): readonly Operand[] {
  return [fed(codes(r, dtype, dims)), ...parameters(r, dtype)];
}

function binary(op: string): Draw {
  return (r) => {
    const dtype = pick(r, bytes);
    const dims = sizes(r, 2, 30);
    const other = r.between(0, 3) === 0 ? dims.map((d, i) => (i === 0 ? 1 : d)) : dims;
    const [first, second] = flag(r) ? [dims, other] : [other, dims];
    const operands = [...coded(r, dtype, first), ...coded(r, dtype, second), ...parameters(r, dtype)];
    return { op, domain, operands };
  };
}

function unary(op: string, attributes: (r: Random) => IntegerCase['attributes'] = () => []): Draw {
  return (r) => {
    const dtype = pick(r, bytes);
    const operands = [...coded(r, dtype, sizes(r, 2, 30)), ...parameters(r, dtype)];
    return { op, domain, operands, attributes: attributes(r) ?? [] };
  };
}

const average: Draw = (r) => {
  const dtype = pick(r, bytes);
  const kernel = sizes(r, 2, 3);
  const dims = [r.between(1, 3), r.between(1, 5), ...kernel.map((d) => d + r.between(0, 6))];
  return {
    op: 'QLinearAveragePool',
    domain,
    operands: [...coded(r, dtype, dims), ...parameters(r, dtype)],
    attributes: [
      { name: 'kernel_shape', type: 'ints', value: kernel },
      { name: 'strides', type: 'ints', value: sizes(r, 2, 2) },
      { name: 'pads', type: 'ints', value: [0, 0, 0, 0].map((_, i) => r.between(0, kernel[i % 2] ?? 1)) },
      { name: 'count_include_pad', type: 'int', value: r.between(0, 2) },
    ],
  };
};

const globalAverage: Draw = (r) => {
  const dtype = pick(r, bytes);
  const dims = [r.between(1, 3), r.between(1, 5), ...sizes(r, 2, 9)];
  const scale = scaleOf(r);
  const x = [fed(codes(r, dtype, dims)), ...parameters(r, dtype, scale)];
  // ONNX Runtime refuses scales that are further apart than 256.
  const result = parameters(r, dtype, Math.fround(scale * 2 ** r.between(-7, 7)));
  return {
    op: 'QLinearGlobalAveragePool',
    domain,
    operands: [...x, ...result],
    attributes: [{ name: 'channels_last', type: 'int', value: 0 }],
  };
};

const where: Draw = (r) => {
  const dtype = pick(r, bytes);
  const dims = sizes(r, 2, 30);
  return {
    op: 'QLinearWhere',
    domain,
    operands: [
      fed(filled('bool', dims, () => r.between(0, 2))),
      ...coded(r, dtype, dims),
      ...coded(r, dtype, dims),
      ...parameters(r, dtype),
    ],
  };
};

const concat: Draw = (r) => {
  const dtype = pick(r, bytes);
  const [rows, count] = [r.between(1, 8), r.between(1, 5)];
  const parts = Array.from({ length: count }, () => coded(r, dtype, [rows, r.between(1, 20)]));
  return {
    op: 'QLinearConcat',
    domain,
    operands: [...parameters(r, dtype), ...parts.flat()],
    attributes: [{ name: 'axis', type: 'int', value: 1 }],
  };
};

const softmax: Draw = (r) => {
  const dtype = pick(r, bytes);
  const zero = constant(filled(dtype, [], () => (dtype === 'int8' ? -128 : 0)));
  const operands = [
    ...[fed(codes(r, dtype, sizes(r, 2, 30))), ...parameters(r, dtype, scaleOf(r) / 8)],
    ...[constant(filled('float32', [], () => 1 / 256)), zero],
  ];
  const attributes: IntegerCase['attributes'] = [
    { name: 'axis', type: 'int', value: 1 },
    { name: 'opset', type: 'int', value: 13 },
  ];
  return { op: 'QLinearSoftmax', domain, operands, attributes };
};

/** Types are those for which ONNX Runtime has kernels; it wants a zero point for B of int8 too. */
const gemm: Draw = (r) => {
  const a = pick(r, bytes);
  const b = a === 'int8' ? a : pick(r, bytes);
  const [m, n, k] = [r.between(1, 9), r.between(1, 20), r.between(1, 40)];
  const [transA, transB] = [flag(r), flag(r)];
  const scale = Math.fround(scaleOf(r) / 64);
  const columns = flag(r) ? [n] : [];
  const bias = flag(r) ? [fed(filled('int32', [n], () => r.between(-20_000, 20_000)))] : [undefined];
  return {
    op: 'QGemm',
    domain,
    operands: [
      ...[fed(codes(r, a, transA ? [k, m] : [m, k])), ...parameters(r, a, scale)],
      fed(codes(r, b, transB ? [n, k] : [k, n])),
      constant(filled('float32', columns, () => scaleOf(r))),
      constant(filled(b, columns, () => (b === 'int8' ? 0 : r.between(0, 256)))),
      ...bias,
      ...parameters(r, a),
    ],
    attributes: [
      { name: 'transA', type: 'int', value: Number(transA) },
      { name: 'transB', type: 'int', value: Number(transB) },
      { name: 'alpha', type: 'float', value: flag(r) ? 1 : 0.75 },
    ],
  };
};

const integers = (names: Readonly<Record<string, number>>): readonly Attribute[] =>
  Object.entries(names).map(([name, value]) => ({ name, type: 'int', value }));

/** Numbers of few bits, so that float32 has every sum exactly and the order in which engines add does not show. */
const matMulNBits: Draw = (r) => {
  const [bits, block] = [pick(r, [2, 4, 8]), pick(r, [16, 32, 64])];
  const [m, n, k] = [r.between(1, 9), r.between(1, 20), r.between(1, 150)];
  const blocks = Math.ceil(k / block);
  // ONNX Runtime has zero points that are no codes for less than 8 bits alone.
  const zeros = pick(r, bits === 8 ? ['none', 'codes'] : ['none', 'codes', 'floats']);
  const points = {
    none: undefined,
    codes: constant(codes(r, 'uint8', [n, Math.ceil((blocks * bits) / 8)])),
    floats: constant(filled('float32', [n, blocks], () => r.between(0, 2 ** (bits + 1)) / 2)),
  }[zeros];
  const bias = flag(r) ? constant(filled('float32', [n], () => r.between(-20, 20))) : undefined;
  return {
    op: 'MatMulNBits',
    domain,
    operands: [
      fed(filled('float32', flag(r) ? [m, k] : [2, m, k], () => r.between(-15, 16))),
      constant(codes(r, 'uint8', [n, blocks, (block * bits) / 8])),
      constant(filled('float32', [n, blocks], () => 2 ** r.between(-2, 2))),
      points,
      undefined,
      bias,
    ],
    attributes: integers({ K: k, N: n, bits, block_size: block }),
  };
};

const lookupOfBytes: Draw = (r) => {
  const [bits, block] = [pick(r, [2, 4, 8]), pick(r, [16, 32, 64])];
  const [rows, bytes] = [r.between(1, 9), r.between(1, 40)];
  const blocks = Math.ceil((bytes * 8) / bits / block);
  const points = flag(r) ? constant(codes(r, 'uint8', [rows, Math.ceil((blocks * bits) / 8)])) : undefined;
  return {
    op: 'GatherBlockQuantized',
    domain,
    operands: [
      constant(codes(r, 'uint8', [rows, bytes])),
      fed(filled('int64', sizes(r, 2, 4), () => r.between(-rows, rows))),
      constant(scales(r, [rows, blocks])),
      points,
    ],
    attributes: integers({ gather_axis: 0, quantize_axis: 1, bits, block_size: block }),
  };
};

const lookupOfNibbles: Draw = (r) => {
  const dtype = pick(r, ['int4', 'uint4'] as const);
  const dims = [r.between(1, 6), r.between(1, 40), r.between(1, 6)];
  const [gather, quantize, block] = [r.between(0, 3), r.between(0, 3), pick(r, [16, 32])];
  const size = dims[gather] ?? 1;
  const scaleDims = dims.map((d, i) => (i === quantize ? Math.ceil(d / block) : d));
  return {
    op: 'GatherBlockQuantized',
    domain,
    operands: [
      constant(codes(r, dtype, dims)),
      fed(filled('int32', sizes(r, 1, 5), () => r.between(-size, size))),
      constant(scales(r, scaleDims)),
      flag(r) ? constant(codes(r, dtype, scaleDims)) : undefined,
    ],
    attributes: integers({ gather_axis: gather, quantize_axis: quantize, block_size: block }),
  };
};

export const microsoftCases: readonly Draw[] = [
  binary('QLinearAdd'),
  binary('QLinearMul'),
  unary('QLinearSigmoid'),
  unary('QLinearLeakyRelu', (r) => [{ name: 'alpha', type: 'float', value: Math.fround(r.next()) }]),
  average,
  globalAverage,
  where,
  concat,
  softmax,
  gemm,
  matMulNBits,
  lookupOfBytes,
  lookupOfNibbles,
];
