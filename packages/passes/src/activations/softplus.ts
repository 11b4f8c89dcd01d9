import { op, type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { onePlusExp, x } from './parts.ts';

const softplus: Rule = rule({
  name: 'act/softplus',
  doc: 'Log(1 + Exp(x)) = Softplus(x) but for overflow',
  match: op('Log', [onePlusExp(x)]),
  build: (m, b) => b.node('Softplus', [m.x]),
  emits: [{ op: 'Softplus', since: 1 }],
  exactness: 'approximate',
  phase: 'fuse',
  exporters: ['the function body of Softplus', 'hand-written sources'],
  traps: ['Exp overflows beyond 88 in float32, where Softplus stays finite.'],
  instances: [{ shapes: { x: ['A', 'B'] } }],
});

export const foldSoftplus: Pass = passOf(softplus, 'fold Log(1 + Exp(x)) into Softplus');
