import { type Rule, rule } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { byErf } from './gelu-parts.ts';

const geluErfRounded: Rule = rule({
  name: 'act/gelu-erf-rounded',
  doc: 'x / 2 (1 + erf(x / 1.41)) = Gelu(x), nearly, as for other roundings of sqrt 2',
  match: byErf({ rel: 0.005 }),
  build: (m, b) => b.node('Gelu', [m.x], { approximate: 'none' }),
  emits: [{ op: 'Gelu', since: 20 }],
  exactness: 'approximate',
  phase: 'fuse',
  benefit: 1,
  exporters: ['old BERT sources: 1.41421', 'models converted from float16, which keep its rounding'],
  traps: ['Results differ by up to half a percent of x.'],
  instances: [{ shapes: { x: ['A', 'B'] }, opset: 20 }],
});

export const foldRoundedGelu: Pass = passOf(
  geluErfRounded,
  'fold Gelu back whose sqrt 2 is written with a few digits',
);
