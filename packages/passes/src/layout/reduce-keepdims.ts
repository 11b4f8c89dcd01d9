import type { Node } from '@refold/ir';
import { named, no, oneOf, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { numbersIn, viewInts, viewNumber } from '../support/view.ts';

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

/** A reduction that nothing else reads, with or without its axes in the result. */
const reduction = (keepdims: boolean) =>
  named('reduce', op(reduces, ['x'], { params: { keepdims }, test: { singleUse: true } }));

const axes = { params: { axes: { capture: 'axes' } } } as const;

/** The axes of a reduction; ArgMax and ArgMin have one. */
function reducedBy(reduce: Node): readonly number[] | undefined {
  const axis = viewNumber(reduce, 'axis');
  return axis === undefined ? viewInts(reduce, 'axes') : [axis];
}

/** The reduced axes come back as axes of length 1, which `keepdims` does as well; or the other way round. */
const keep: Rule = rule({
  name: 'layout/reduce-keepdims',
  doc: 'Unsqueeze(Reduce(x, axes, keepdims = 0), axes) = Reduce(x, axes, keepdims = 1), and Squeeze the other way',
  match: oneOf('form', {
    adds: op('Unsqueeze', [reduction(false)], axes),
    drops: op('Squeeze', [reduction(true)], axes),
  }),
  guard: (m) => (sameAxes(reducedBy(m.reduce), numbersIn(m.axes)) ? yes : no('other-axes', 'axes')),
  build: ({ form, reduce }, b) =>
    b.node(reduce.opType, reduce.inputs, {
      ...Object.fromEntries(reduce.attributes),
      keepdims: form === 'adds' ? 1 : 0,
    }),
  emits: reduces.map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'normalize',
  exporters: ['torch.onnx by torch.export: std and var'],
  traps: ['other axes than those that are reduced'],
  instances: ['ReduceMax', 'ReduceSum', 'ReduceL2'].flatMap((reduce) =>
    ['adds', 'drops'].map((form) => ({
      shapes: { x: ['N', 3, 4] },
      values: { axes: [1] },
      choices: { form, reduce },
      dtype: 'float32' as const,
    })),
  ),
});

export const reduceKeepdims: Pass = passOf(keep, 'let reductions keep or drop their axes themselves');
