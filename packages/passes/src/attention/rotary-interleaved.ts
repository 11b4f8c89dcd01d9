import type { Value } from '@refold/ir';
import { commutative, no, oneOf, op, type Pat, type Rule, reshaped, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { rotary, rotaryOps, tablesOf } from './rotary-cache.ts';

/** [B, H, L, D], or [B, L, H, D] where the tables say so. */
const x = value('x', { dtype: 'float', rank: 4 });
const pairs = reshaped('B H L (P 2) -> B H L P 2', x);
const extra = { extraInputs: 'allow' } as const;
const half = { dims: ['B', 'H', 'L', 'P'] } as const;

/** Every other element of x, from the first or second one on. */
function every(offset: 0 | 1): Pat<{ readonly x: Value }> {
  return oneOf(`form${offset}`, {
    slice: op('Slice', [x], { params: { starts: [offset], axes: [-1], steps: [2] }, ...extra, test: half }),
    gather: op('Gather', [pairs, offset], { params: { axis: -1 } }),
    split: reshaped('B H L P 1 -> B H L P', op('Split', [pairs], { params: { axis: -1 }, output: offset })),
  });
}

const [even, odd] = [every(0), every(1)];
const [cos, sin] = [value('cos', { rank: 4 }), value('sin', { rank: 4 })];
const real = op('Sub', [commutative('Mul', [even, cos]), commutative('Mul', [odd, sin])]);
const imaginary = commutative('Add', [commutative('Mul', [even, sin]), commutative('Mul', [odd, cos])]);
const one = 'B H L P -> B H L P 1';

const neighbours: Rule = rule({
  name: 'rope/interleaved',
  doc: 'x1 * cos - x2 * sin and x1 * sin + x2 * cos, interleaved, = RotaryEmbedding(x, cos, sin; interleaved = 1), for the elements x1 and x2 of x at even and odd places',
  match: reshaped(
    'B H L P 2 -> B H L (P 2)',
    op('Concat', [reshaped(one, real), reshaped(one, imaginary)], { params: { axis: -1 } }),
  ),
  guard: (m, q) => (tablesOf(m, 'pairs', q) ? yes : no('tables-do-not-fit', 'cos')),
  build: (m, b, q) => {
    const tables = tablesOf(m, 'pairs', q);
    return tables && rotary(m.x, tables, true, b);
  },
  emits: rotaryOps,
  exactness: 'reassociate',
  phase: 'fuse',
  grows: true,
  decreases: 'rotations that are written out',
  exporters: ['Llama and Flux by torch.onnx, with complex numbers written out'],
  traps: ['pairs that are put together as halves', 'even and odd elements exchanged turn the other way'],
  instances: [
    {
      shapes: { x: ['B', 'H', 'L', 8], cos: [1, 1, 'L', 4], sin: [1, 1, 'L', 4] },
      dims: { P: 4 },
      opset: 23,
    },
  ],
});

export const rotaryPairs: Pass = rulePass({
  name: 'rope/interleaved',
  summary: 'fold rotary embeddings of neighbouring elements back',
  rules: [neighbours],
});
