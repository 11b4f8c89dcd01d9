import { commutative, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

const reluMax: Rule = rule({
  name: 'act/relu-max',
  doc: 'Max(x, 0) = Relu(x)',
  match: commutative('Max', [value('x'), 0]),
  build: (m, b) => b.node('Relu', [m.x]),
  emits: [{ op: 'Relu', since: 6 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['tf2onnx', 'JAX: maximum(x, 0)'],
  traps: ['A 0 of more dimensions than x expands it.', 'Integers have Relu from opset 14 on.'],
  instances: [{ shapes: { x: ['A', 'B'] } }, { shapes: { x: ['A'] }, dtype: 'int32', opset: 14 }],
});

export const foldReluMax: Pass = passOf(reluMax, 'fold Max(x, 0) into Relu');
