import { no, op, product, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { x32 as x } from './parts.ts';

/** One unit in the last place of 1/6 in float32, as attributes are; in float64 it would show. */
const ULP = 2 ** -26;

const hardSwish: Rule = rule({
  name: 'act/hard-swish',
  doc: 'x HardSigmoid(x, 1/6, 1/2) = HardSwish(x)',
  match: product([x, op('HardSigmoid', [x], { params: { alpha: { capture: 'alpha' }, beta: 0.5 } })]),
  guard: (m) => (Math.abs(Number(m.alpha) - 1 / 6) <= ULP ? yes : no('alpha', 'alpha')),
  build: (m, b) => b.node('HardSwish', [m.x]),
  emits: [{ op: 'HardSwish', since: 14 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx before opset 14'],
  traps: ['The default alpha of HardSigmoid is 0.2.', 'Squeeze-and-excitation gates another value.'],
  instances: [{ shapes: { x: ['A', 'B'] }, values: { alpha: 1 / 6 }, opset: 14 }],
});

export const foldHardSwish: Pass = passOf(hardSwish, 'fold x HardSigmoid(x) into HardSwish');
