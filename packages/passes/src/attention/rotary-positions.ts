import { no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { isSame } from './sizes.ts';

const positions = value('positions', { dtype: 'int64', rank: 2 });
const rows = { params: { axis: 0 } } as const;

const gathered: Rule = rule({
  name: 'rope/positions',
  doc: 'RotaryEmbedding(x, Gather(cos, p), Gather(sin, p)) = RotaryEmbedding(x, cos, sin, p)',
  match: op('RotaryEmbedding', [
    value('x', { dtype: 'float' }),
    op('Gather', [value('cos', { rank: 2 }), positions], rows),
    op('Gather', [value('sin', { rank: 2 }), positions], rows),
  ]),
  guard: (m, q) => (isSame(q.shape(m.cos)?.[0], q.shape(m.sin)?.[0]) ? yes : no('tables-differ', 'sin')),
  build: (m, b) =>
    b.node('RotaryEmbedding', [m.x, m.cos, m.sin, m.positions], Object.fromEntries(m.$node.attributes)),
  emits: [{ op: 'RotaryEmbedding', since: 23 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['transformers before 4.40: tables of cosines and sines by position'],
  traps: ['cosines and sines of different positions'],
  instances: [
    { shapes: { x: ['B', 'H', 'L', 8], cos: ['P', 4], sin: ['P', 4], positions: ['B', 'L'] }, opset: 23 },
  ],
});

export const rotaryPositions: Pass = rulePass({
  name: 'rope/positions',
  summary: 'let RotaryEmbedding look up the rows of its tables',
  rules: [gathered],
});
