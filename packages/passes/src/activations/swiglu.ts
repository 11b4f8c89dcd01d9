import { sameShape } from '@refold/ir';
import { no, op, product, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

const swiglu: Rule = rule({
  name: 'act/swiglu',
  doc: 'Swish(gate, alpha) * x = SwiGLU(gate, x, alpha)',
  match: product([op('Swish', [value('gate')], { params: { alpha: { capture: 'alpha' } } }), value('x')]),
  guard: (m, q) => {
    if (typeof m.alpha !== 'number') return no('alpha', 'alpha');
    return sameShape(q.shape(m.gate), q.shape(m.x)) === 'yes' ? yes : no('operands-may-broadcast', 'x');
  },
  build: (m, b) => b.node('SwiGLU', [m.gate, m.x], { alpha: Number(m.alpha) }),
  emits: [{ op: 'SwiGLU', since: 28 }],
  exactness: 'reassociate',
  // One of its factors may be anything, also what another rule makes.
  benefit: 0,
  phase: 'fuse',
  exporters: ['transformers: gated MLPs of Llama and its kin, also with gate and value from one Split'],
  traps: [
    'SwiGLU does not broadcast: squeeze-and-excitation multiplies by one number a channel.',
    'GPT-OSS clips both operands and adds 1 to the value.',
  ],
  instances: [
    { shapes: { gate: ['A', 'B'], x: ['A', 'B'] }, values: { alpha: 1 }, opset: 28 },
    { shapes: { gate: ['A', 'B', 'C'], x: ['A', 'B', 'C'] }, values: { alpha: 1.5 }, opset: 28 },
  ],
});

export const foldSwiglu: Pass = passOf(swiglu, 'fold Swish(gate) * x into SwiGLU');
