import { type ConstRef, no, oneOf, op, product, type Rule, rule, sum, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, x } from './parts.ts';

interface Parts {
  readonly form: 'inside' | 'outside';
  readonly slope: ConstRef;
  readonly shift: ConstRef;
  readonly max?: unknown;
}

/** alpha and beta of Clip(alpha x + beta, 0, 1); undefined where the numbers do not say so. */
function parametersOf(m: Parts): { readonly alpha: number; readonly beta: number } | undefined {
  const slope = attributeOf(m.slope);
  const shift = attributeOf(m.shift);
  if (slope === undefined || shift === undefined) return undefined;
  if (m.form === 'inside') return { alpha: slope, beta: shift };
  const { max } = m;
  // Clip(x + b, 0, max) times what must be 1 / max, up to its rounding.
  if (typeof max !== 'number' || !(max > 0) || Math.abs(max * slope - 1) > roundings(m.slope))
    return undefined;
  const beta = shift / max;
  return m.slope.dtype === 'float64' && Math.fround(1 / max) !== 1 / max
    ? undefined
    : { alpha: 1 / max, beta };
}

/** By how much a reciprocal may be off in a type: a few units in the last place. */
function roundings({ dtype }: ConstRef): number {
  if (dtype === 'float16') return 2 ** -9;
  return dtype === 'bfloat16' ? 2 ** -6 : 2 ** -21;
}

const hardSigmoid: Rule = rule({
  name: 'act/hard-sigmoid',
  doc: 'Clip(alpha x + beta, 0, 1) = Clip(x + b, 0, m) / m = HardSigmoid(x)',
  match: oneOf('form', {
    inside: op('Clip', [sum([product([x, scalar('slope')]), scalar('shift')])], {
      params: { min: 0, max: 1 },
    }),
    outside: product([
      op('Clip', [sum([x, scalar('shift')])], { params: { min: 0, max: { capture: 'max' } } }),
      scalar('slope'),
    ]),
  }),
  guard: (m) => (parametersOf(m) ? yes : no('bounds')),
  build: (m, b) => b.node('HardSigmoid', [m.x], { ...parametersOf(m) }),
  emits: [{ op: 'HardSigmoid', since: 6 }],
  exactness: 'reassociate',
  benefit: 3,
  phase: 'fuse',
  exporters: ['torch.onnx before opset 14: relu6(x + 3) / 6', 'Keras', 'hand-written MobileNetV3'],
  traps: ['Other bounds than 0 and what is divided by.', 'A slope or shift that differs by channel.'],
  instances: [
    {
      shapes: { x: ['A', 'B'], slope: [], shift: [] },
      values: { slope: [0.25], shift: [0.5] },
      choices: { form: 'inside' },
    },
    {
      shapes: { x: ['A', 'B'], slope: [], shift: [] },
      dtype: 'float32',
      values: { slope: [0.2], shift: [0.5] },
      choices: { form: 'inside' },
    },
    {
      shapes: { x: ['A', 'B'], slope: [], shift: [] },
      values: { slope: [0.25], shift: [2], max: 4 },
      choices: { form: 'outside' },
    },
  ],
});

export const foldHardSigmoid: Pass = passOf(hardSigmoid, 'fold a scaled Clip into HardSigmoid');
