import type { Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  commutative,
  constant,
  no,
  oneOf,
  op,
  product,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

const x = value('x', { dtype: 'float' });

const norm = oneOf('p', {
  two: op('ReduceL2', [x], { params: { axes: { capture: 'axes' }, keepdims: true } }),
  one: op('ReduceL1', [x], { params: { axes: { capture: 'axes' }, keepdims: true } }),
});

const kept = oneOf('kept', {
  plain: norm,
  clip: op('Clip', [norm], { params: { min: { capture: 'min' }, hasMax: false } }),
  max: commutative('Max', [norm, constant('epsilon', { dtype: 'float', splat: true })]),
});

interface Parts {
  readonly x: Value;
  readonly p: 'one' | 'two';
  readonly axes?: unknown;
  readonly min?: unknown;
  readonly epsilon?: ConstRef | undefined;
}

/** The axis, when there is but one. */
function axisOf({ axes }: Parts): number | undefined {
  const [axis, ...others]: readonly unknown[] = Array.isArray(axes) ? axes : [];
  return typeof axis === 'number' && others.length === 0 ? axis : undefined;
}

/** Below which a norm counts as that of nothing. */
const TINY = 1e-6;

const l2Norm: Rule = rule({
  name: 'norm/l2-norm',
  doc: 'x / Max(ReduceL2(x, axis), epsilon) = LpNormalization(x, axis, p = 2) but near zero',
  match: product([x, op('Reciprocal', [kept])]),
  guard: (m) => {
    if (axisOf(m) === undefined) return no('axes', 'axes');
    const least = m.epsilon?.splat ?? m.min ?? 0;
    return typeof least === 'number' && least <= TINY ? yes : no('epsilon', 'epsilon');
  },
  build: (m, b: Builder) => b.node('LpNormalization', [m.x], { axis: axisOf(m), p: m.p === 'two' ? 2 : 1 }),
  emits: [{ op: 'LpNormalization', since: 1 }],
  exactness: 'approximate',
  phase: 'fuse',
  exporters: ['torch.onnx: functional.normalize'],
  traps: [
    'A row of zeros gives 0 with an epsilon, and NaN without; what LpNormalization gives depends on its version.',
    'An epsilon that is not small changes more rows than those of zeros.',
    'A norm over several axes.',
  ],
  instances: [
    {
      shapes: { x: ['N', 8], epsilon: [] },
      values: { axes: [1], epsilon: [1e-12] },
      choices: { p: 'two', kept: 'max' },
    },
  ],
});

export const foldL2Norm: Pass = passOf(
  l2Norm,
  'fold a division by the norm along an axis into LpNormalization',
);
