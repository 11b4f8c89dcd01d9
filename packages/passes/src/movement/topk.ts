import { no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewFlag, viewNumber } from '../support/view.ts';

const first: Rule = rule({
  name: 'mov/topk-argmax',
  doc: 'indices of TopK(x; k = 1) = ArgMax(x; keepdims = 1), or ArgMin where the smallest is asked for',
  match: op('TopK', [value('x', { dtype: 'integer' })], {
    params: { k: 1, axis: { capture: 'axis' } },
    output: 1,
    extraInputs: 'allow',
  }),
  guard: (m) => ((m.$node.outputs[0]?.useCount ?? 0) > 0 ? no('values-are-read', 'x') : yes),
  build: (m, b) => {
    const axis = viewNumber(m.$node, 'axis');
    if (axis === undefined) return undefined;
    return {
      1: b.node(viewFlag(m.$node, 'largest') === false ? 'ArgMin' : 'ArgMax', [m.x], { axis, keepdims: 1 }),
    };
  },
  emits: ['ArgMax', 'ArgMin'].map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['torch.onnx: topk(1) and max with indices'],
  traps: [
    'among floats, where NaN stands is not said',
    'both take the first of equal elements; values that are read need TopK',
  ],
  instances: [{ shapes: { x: ['N', 5] }, dtype: 'int64', opset: 11 }],
});

export const topOne: Pass = rulePass({
  name: 'mov/topk-argmax',
  summary: 'find the place of the largest element by ArgMax',
  rules: [first],
});
