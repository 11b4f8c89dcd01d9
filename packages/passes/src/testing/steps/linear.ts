import { dimsOf } from '../growing.ts';
import type { Step } from './step.ts';

const isImage = (dims: readonly number[]): boolean =>
  dims.length === 4 && dims.every((d) => d > 0) && (dims[2] ?? 0) >= 2 && (dims[3] ?? 0) >= 2;

const conv: Step = (g) => {
  const x = g.pick(isImage);
  const [, channels = 1] = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const kernel = g.choices.between(1, 2);
  const group = g.choices.below(3) === 2 ? channels : 1;
  const outputs = group === 1 ? g.choices.between(1, 3) : channels;
  const w = g.weight([outputs, channels / group, kernel, kernel]);
  const bias = g.choices.flag() ? g.weight([outputs]) : undefined;
  const pad = g.choices.below(2);
  return g.node('Conv', [x, w, bias], { group, pads: [pad, pad, pad, pad] });
};

const batchNorm: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2 && dims.length <= 4);
  const [, channels = 1] = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const parameters = [
    g.weight([channels]),
    g.weight([channels]),
    g.weight([channels]),
    g.weight([channels], true),
  ];
  return g.node('BatchNormalization', [x, ...parameters]);
};

const pad: Step = (g) => {
  const x = g.pick(isImage);
  const p = g.choices.below(2);
  return x && g.node('Pad', [x, g.ints(0, 0, p, 1, 0, 0, 1, p)]);
};

const pool: Step = (g) => {
  const x = g.pick(isImage);
  const op = g.choices.any(['MaxPool', 'AveragePool']);
  if (!x || !op) return undefined;
  const counted = op === 'AveragePool' && g.choices.flag() ? { count_include_pad: 1 } : {};
  return g.node(op, [x], { kernel_shape: [2, 2], ...counted });
};

const matmul: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && (dims.at(-1) ?? 0) > 0);
  const inner = x && dimsOf(x)?.at(-1);
  return x && inner ? g.node('MatMul', [x, g.weight([inner, g.choices.between(1, 3)])]) : undefined;
};

/** Several products of one value, some with a bias. */
const parallel: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2 && (dims.at(-1) ?? 0) > 0);
  const inner = x && dimsOf(x)?.at(-1);
  if (!x || !inner) return undefined;
  const biased = g.choices.flag();
  for (let i = 0; i < 3; i += 1) {
    const columns = g.choices.between(1, 2);
    const y = g.node('MatMul', [x, g.weight([inner, columns])]);
    g.keep(biased ? g.node('Add', [g.weight([columns]), y]) : y);
  }
  return g.pick();
};

const gemm: Step = (g) => {
  const x = g.pick((dims) => dims.length === 2 && dims.every((d) => d > 0));
  const [rows = 1, columns = 1] = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const [transA, transB] = [g.choices.below(2), g.choices.below(2)];
  const inner = transA ? rows : columns;
  const n = g.choices.between(1, 3);
  const w = g.weight(transB ? [n, inner] : [inner, n]);
  const alpha = { float: g.choices.any([1, 0.5, 2]) ?? 1 };
  const beta = { float: g.choices.any([1, 0.5, 0]) ?? 1 };
  return g.node('Gemm', [x, w, g.choices.flag() ? g.weight([n]) : undefined], {
    transA,
    transB,
    alpha,
    beta,
  });
};

const einsum: Step = (g) => {
  const x = g.pick((dims) => dims.length === 2 && dims.every((d) => d > 0));
  const [rows = 1, columns = 1] = (x && dimsOf(x)) ?? [];
  if (!x || g.opset < 12) return undefined;
  const transposed = g.choices.flag();
  const w = g.weight(transposed ? [2, rows] : [columns, 2]);
  return transposed
    ? g.node('Einsum', [x, w], { equation: 'ij,ki->kj' })
    : g.node('Einsum', [x, w], { equation: 'ij,jk->ik' });
};

export const linearSteps: readonly Step[] = [
  conv,
  conv,
  batchNorm,
  pad,
  pool,
  matmul,
  gemm,
  gemm,
  parallel,
  einsum,
];
