import type { Node, Value } from '@refold/ir';
import {
  type Builder,
  type Emission,
  named,
  no,
  op,
  type Pat,
  type Query,
  type Rule,
  rule,
  type Verdict,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { type AffineParts, affine, affineOf } from './affine.ts';
import { absorbIntoGemm, columnAxis, isRow } from './gemm-affine.ts';
import { gemm, type Layer, matmul, type ReshapedLayer } from './layer.ts';
import { affineBias, mayRewrite, scaleMatrix } from './weights.ts';

const reshapes: readonly Emission[] = [
  { op: 'Reshape', since: 5 },
  { op: 'Flatten', since: 1 },
  { op: 'Squeeze', since: 1 },
  { op: 'Unsqueeze', since: 1 },
];

/** A BatchNormalization of what a layer computes, in another shape. */
function normalized(layer: Pat<Layer>): Pat<ReshapedLayer & AffineParts> {
  const ops = reshapes.map((emission) => emission.op);
  const moved = named('moved', op(ops, [layer], { extraInputs: 'allow', test: { singleUse: true } }));
  return affine(moved, ['normalize']);
}

/** Whether the columns of a product are on axis 1 after the change of shape, with nothing behind them. */
function areColumnsKept({ moved }: ReshapedLayer, columns: number | undefined, q: Query): Verdict {
  const [output] = moved.outputs;
  const [, channels, ...inner] = (output && q.shape(output)) ?? [];
  const isKept = channels !== undefined && channels === columns && inner.every((size) => size === 1);
  return isKept ? yes : no('not-along-columns', 'moved');
}

/** The same change of shape, of another value. */
function likewise(moved: Node, x: Value | undefined, b: Builder): Value | undefined {
  return x && b.node(moved.opType, [x, ...moved.inputs.slice(1)], Object.fromEntries(moved.attributes));
}

/** Without the reshape it would be a Gemm: of more than two axes, the product stays, and a row is added. */
const behindMatMul: Rule = rule({
  name: 'linear/reshaped-bn',
  doc: 'BatchNormalization(Reshape(MatMul(A, B))) = Reshape(MatMul(A, B k) + t), for a Reshape that keeps the columns',
  match: normalized(matmul),
  guard: (m, q) => {
    const kept = areColumnsKept(m, m.w.dims[1], q);
    if (!kept.ok) return kept;
    return mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: (m, b) => {
    const { x, w, moved } = m;
    const numbers = affineOf(m);
    const scaled = numbers && scaleMatrix(w.tensor, 1, numbers.scale);
    const row = numbers && affineBias(w.dtype, w.dims[1] ?? 0, undefined, numbers.scale, numbers.shift);
    if (!scaled || !row) return b.refuse('not-finite', 'w');
    const product = b.node('MatMul', [x, b.constant(scaled, w.value?.name)]);
    return likewise(moved, b.node('Add', [product, b.constant(row, `${w.value?.name}_bias`)]), b);
  },
  emits: [{ op: 'MatMul', since: 1 }, { op: 'Add', since: 7 }, ...reshapes],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['torch.onnx: Linear, flatten(0, 1) and BatchNorm1d (LeViT)'],
  traps: ['a Reshape after which the channels are other elements', 'a weight that several products read'],
  instances: [
    {
      shapes: { x: ['B', 'N', 4], w: [4, 'channels'] },
      values: { axis: 2 },
      choices: { moved: 'Flatten' },
    },
    {
      shapes: { x: ['N', 4], w: [4, 'channels'] },
      values: { axes: [2] },
      choices: { moved: 'Unsqueeze' },
    },
  ],
});

const behindGemm: Rule = rule({
  name: 'linear/reshaped-bn.gemm',
  doc: 'BatchNormalization(Reshape(Gemm(A, B, C))) = Reshape(Gemm(A, B k, C k + t)), for a Reshape that keeps the columns',
  match: normalized(gemm),
  guard: (m, q) => {
    const kept = areColumnsKept(m, m.w.dims[columnAxis(m.layer)], q);
    if (!kept.ok) return kept;
    if (!isRow(m)) return no('bias-not-a-row', 'bias');
    return mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: (m, b) => likewise(m.moved, absorbIntoGemm(m, b), b),
  emits: [{ op: 'Gemm', since: 7 }, ...reshapes],
  exactness: 'reassociate',
  phase: 'normalize',
  benefit: 3.5,
  exporters: ['torch.onnx: Linear, unsqueeze and BatchNorm1d'],
  traps: ['a bias that differs by row'],
  instances: [
    {
      shapes: { x: ['N', 4], w: [4, 'channels'], bias: ['channels'] },
      values: { axes: [2] },
      choices: { moved: 'Unsqueeze' },
    },
  ],
});

export const foldBatchNormThroughReshape: Pass = rulePass({
  name: 'linear/reshaped-bn',
  summary: 'fold BatchNormalization into the Gemm or MatMul before it through a change of shape',
  rules: [behindMatMul, behindGemm],
});
