import { dtypeOf, viewOf } from '@refold/ir';
import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { codeRanges } from './codes.ts';
import { plainScales, sameGranularity } from './granularity.ts';

/** Operators that only move, repeat or pick elements, of any type. */
const moves = [
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Expand', 'Tile', 'Gather'],
  ...['DepthToSpace', 'SpaceToDepth'],
];

const moveCodes: Rule = rule({
  name: 'quantization/move',
  doc: 'QuantizeLinear(move(DequantizeLinear(x, s, z)), s, z) = move(x) for operators that only move elements',
  match: op(
    'QuantizeLinear',
    [
      named(
        'move',
        op(moves, [named('inner', op('DequantizeLinear', ['x'], { extraInputs: 'allow' }))], {
          extraInputs: 'allow',
        }),
      ),
    ],
    { extraInputs: 'allow' },
  ),
  guard: (m, q) => {
    const dtype = dtypeOf(m.x);
    if (!dtype || dtype !== dtypeOf(m.$root) || !codeRanges.has(dtype)) return no('type');
    if (dtypeOf(m.inner.outputs[0]) !== 'float32') return no('type');
    if (!plainScales(m.$node) || m.$node.attributes.has('precision')) return no('scale');
    // With scales along an axis, it would have to be followed through the move.
    if (viewOf(m.$node)?.granularity !== 'tensor') return no('not-per-tensor');
    return sameGranularity(m.inner, m.$node, q) ? yes : no('parameters-differ');
  },
  build: (m, b) =>
    b.node(m.move.opType, [m.x, ...m.move.inputs.slice(1)], Object.fromEntries(m.move.attributes)),
  emits: moves.map((name) => ({ op: name, since: 1 })),
  exactness: 'exact',
  phase: 'normalize',
  exporters: ['quantization tools that wrap every operator in a pair of QuantizeLinear and DequantizeLinear'],
  traps: ['other scales or zero points before and after requantize', 'scales along an axis move with it'],
});

export const moveQuantized: Pass = rulePass({
  name: 'quantization/move',
  summary: 'let operators that only move elements work on quantized ones',
  rules: [moveCodes],
});
