import { op, type Rule, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const whereNot: Rule = rule({
  name: 'identities/where.not',
  doc: 'Where(Not(c), x, y) = Where(c, y, x)',
  match: op('Where', [op('Not', ['c']), 'x', 'y']),
  build: (m, b) => b.node('Where', [m.c, m.y, m.x]),
  emits: [{ op: 'Where', since: 9 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
});

export const simplifyWhere: Pass = rulePass({
  name: 'identities/where',
  summary: 'swap the branches of Where instead of negating its condition',
  rules: [whereNot],
});
