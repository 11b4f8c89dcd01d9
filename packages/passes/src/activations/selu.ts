import { no, op, product, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { attributeOf } from '../support/float-types.ts';
import { passOf } from '../support/rule-pass.ts';
import { scalar, x } from './parts.ts';

const selu: Rule = rule({
  name: 'act/selu',
  doc: 'gamma Elu(x, alpha) = Selu(x, alpha, gamma)',
  match: product([op('Elu', [x], { params: { alpha: { capture: 'alpha' } } }), scalar('gamma')]),
  guard: (m) => {
    const gamma = attributeOf(m.gamma);
    return gamma !== undefined && gamma > 0 ? yes : no('gamma', 'gamma');
  },
  build: (m, b) => b.node('Selu', [m.x], { alpha: Number(m.alpha), gamma: attributeOf(m.gamma) }),
  emits: [{ op: 'Selu', since: 6 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['JAX: selu', 'tf2onnx'],
  traps: ['A factor for each channel.'],
  instances: (['float32', 'float16'] as const).map((dtype) => ({
    shapes: { x: ['A', 'B'], gamma: [] },
    values: { alpha: 1.6732632, gamma: [1.050701] },
    dtype,
  })),
});

export const foldSelu: Pass = passOf(selu, 'fold a scaled Elu into Selu');
