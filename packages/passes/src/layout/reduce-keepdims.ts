import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf, viewFlag, viewInts, viewNumber } from '../support/view.ts';

const reduces = [
  'ArgMax',
  'ArgMin',
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceSumSquare',
];

function sameAxes(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  if (!a || !b || a.length !== b.length || [...a, ...b].some((v) => v < 0)) return false;
  return a.every((v) => b.includes(v));
}

/** The reduced axes come back as axes of length 1, which `keepdims` does as well; or the other way round. */
const keep = nodeRule({
  name: 'layout/reduce-keepdims',
  doc: 'Unsqueeze(Reduce(x, axes, keepdims = 0), axes) = Reduce(x, axes, keepdims = 1), and Squeeze the other way',
  ops: ['Unsqueeze', 'Squeeze'],
  over: reduces,
  exactness: 'exact',
  emits: reduces.map((op) => ({ op, since: 1 })),
  rewrite: (node, b) => {
    const reduce = soleProducerOf(node.inputs[0], ...reduces);
    if (!reduce) return undefined;
    const adds = node.opType === 'Unsqueeze';
    const keepdims = viewFlag(reduce, 'keepdims');
    const axis = viewNumber(reduce, 'axis');
    const axes = axis === undefined ? viewInts(reduce, 'axes') : [axis];
    if (keepdims === adds || !sameAxes(axes, viewInts(node, 'axes'))) return undefined;
    return b.node(reduce.opType, reduce.inputs, {
      ...Object.fromEntries(reduce.attributes),
      keepdims: adds ? 1 : 0,
    });
  },
});

export const reduceKeepdims: Pass = rulePass({
  name: 'layout/reduce-keepdims',
  summary: 'let reductions keep or drop their axes themselves',
  rules: [keep],
});
