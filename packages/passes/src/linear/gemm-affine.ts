import type { Tensor, Value } from '@refold/ir';
import { type Builder, no, type Query, type Rule, rule, type Verdict, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewFlag, viewNumber } from '../support/view.ts';
import {
  type AffineParts,
  affine,
  affineOf,
  arithmetic,
  isAlongChannels,
  isScaleOnly,
  isShiftOnly,
} from './affine.ts';
import { gemm, type Layer, matmul } from './layer.ts';
import { affineBias, mayRewrite, scaleMatrix } from './weights.ts';

type AffineOfLayer = Layer & AffineParts;

/** Whether constants lie along the columns of a product, which are its last axis. */
function isAlongColumns(m: AffineOfLayer, q: Query): Verdict {
  const [output] = m.layer.outputs;
  const shape = output && q.shape(output);
  const along = isAlongChannels(m, shape, (shape?.length ?? 0) - 1);
  return along.ok ? yes : no('not-along-columns', along.about);
}

/** Axis of the columns in the weight of a Gemm. */
export function columnAxis(gemmNode: Layer['layer']): 0 | 1 {
  return viewFlag(gemmNode, 'transB') ? 0 : 1;
}

/** Whether a bias of a Gemm has one element a column, or one for all. */
export function isRow({ layer, w, bias }: Layer): boolean {
  if (!bias || viewNumber(layer, 'beta') === 0) return true;
  const columns = w.dims[columnAxis(layer)];
  const isFlat = bias.rank <= 1 || (bias.rank === 2 && bias.dims[0] === 1);
  return isFlat && (bias.size === 1 || bias.size === columns);
}

/** (alpha A B + beta C) * k + t = alpha A (B k) + (beta C k + t), with beta 1 from then on. */
export function absorbIntoGemm(m: AffineOfLayer, b: Builder): Value | undefined {
  const { layer, x, w, bias } = m;
  const axis = columnAxis(layer);
  const numbers = affineOf(m);
  const scaled = numbers && (isShiftOnly(numbers) ? w.tensor : scaleMatrix(w.tensor, axis, numbers.scale));
  const columns = w.dims[axis] ?? 0;
  const shifted = numbers && affineBias(w.dtype, columns, biasOf(m), numbers.scale, numbers.shift);
  if (!scaled || !shifted) return b.refuse('not-finite', 'w');
  const weight = scaled === w.tensor ? w.value : b.constant(scaled, w.value?.name);
  const row = b.constant(shifted, bias?.value?.name ?? `${w.value?.name}_bias`);
  return b.node('Gemm', [x, weight, row], { ...Object.fromEntries(layer.attributes), beta: 1 });
}

/** beta C, one element a column or one for all; undefined when there is none. */
function biasOf({ layer, bias }: Layer): Float64Array | undefined {
  const beta = viewNumber(layer, 'beta') ?? 1;
  return beta === 0 ? undefined : bias?.floats().map((v) => v * beta);
}

const gemmAffine: Rule = rule({
  name: 'linear/gemm-affine',
  doc: 'Gemm(A, B, C) * k + t = Gemm(A, B k, C k + t) for constants with one element a column',
  match: affine(gemm, [...arithmetic, 'normalize']),
  guard: (m, q) => {
    const along = isAlongColumns(m, q);
    if (!along.ok) return along;
    if (!isRow(m)) return no('bias-not-a-row', 'bias');
    return m.by === 'add' || m.by === 'subtract' || mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: absorbIntoGemm,
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['torch.onnx by TorchScript: BatchNorm1d after Linear'],
  traps: ['a bias that differs by row', 'a constant that differs by row, or raises the rank'],
  instances: [
    { shapes: { x: ['N', 4], w: [4, 'channels'], bias: ['channels'], k: ['channels'] } },
    {
      shapes: { x: ['N', 4], w: ['channels', 4], bias: [1, 'channels'], k: [1, 'channels'] },
      values: { transB: 1, alpha: 0.5, beta: 2 },
    },
  ],
});

/** MatMul(x, B) * k = MatMul(x, B k); a shift needs a bias, which only Gemm has. */
const matmulAffine: Rule = rule({
  name: 'linear/matmul-affine',
  doc: 'MatMul(A, B) * k = MatMul(A, B k); BatchNormalization(MatMul(A, B)) = Gemm(A, B k, t) for matrices',
  match: affine(matmul, ['multiply', 'divide', 'normalize']),
  guard: (m, q) => {
    const along = isAlongColumns(m, q);
    if (!along.ok) return along;
    return mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: (m, b) => {
    const { x, w } = m;
    const numbers = affineOf(m);
    const scaled: Tensor | undefined = numbers && scaleMatrix(w.tensor, 1, numbers.scale);
    if (!numbers || !scaled) return b.refuse('not-finite', 'w');
    const weight = b.constant(scaled, w.value?.name);
    if (isScaleOnly(numbers)) return b.node('MatMul', [x, weight]);
    const bias = affineBias(w.dtype, w.dims[1] ?? 0, undefined, numbers.scale, numbers.shift);
    return bias
      ? b.node('Gemm', [x, weight, b.constant(bias, `${w.value?.name}_bias`)])
      : b.refuse('not-finite', 'shift');
  },
  emits: [
    { op: 'MatMul', since: 1 },
    { op: 'Gemm', since: 7 },
  ],
  exactness: 'reassociate',
  phase: 'normalize',
  traps: ['BatchNormalization of rank 3 has its channels on another axis'],
  instances: [
    { shapes: { x: ['N', 4], w: [4, 'channels'], k: ['channels'] } },
    { shapes: { x: ['N', 3, 4], w: [4, 'channels'], k: [1, 'channels'] }, choices: { by: 'multiply' } },
  ],
});

export const foldAffineIntoGemm: Pass = rulePass({
  name: 'linear/gemm-affine',
  summary: 'fold BatchNormalization and constants into the Gemm or MatMul before them',
  rules: [gemmAffine, matmulAffine],
});
