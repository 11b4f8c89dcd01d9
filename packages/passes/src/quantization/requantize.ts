import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { codeRanges } from './codes.ts';
import { plainScales, sameGranularity } from './granularity.ts';

/**
 * Codes of up to 16 bits come back from float32: n s / s differs from n by less than half, so rounding gives n.
 * The other order, quantizing first, rounds and saturates, and is not an identity.
 */
const sameCodes: Rule = rule({
  name: 'quantization/requantize',
  doc: 'QuantizeLinear(DequantizeLinear(x, s, z), s, z) = x for constant s and z',
  match: op(
    'QuantizeLinear',
    [named('inner', op('DequantizeLinear', ['x'], { extraInputs: 'allow', test: { dtype: 'float32' } }))],
    { extraInputs: 'allow' },
  ),
  guard: ({ x, inner, $node, $root }, q) => {
    const dtype = q.dtype(x);
    if (!dtype || dtype !== q.dtype($root) || !codeRanges.has(dtype)) return no('type', 'x');
    if (!plainScales($node) || $node.attributes.has('precision')) return no('scale');
    return sameGranularity(inner, $node, q) ? yes : no('parameters-differ', 'inner');
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  traps: ['quantizing first rounds and saturates', 'another scale, zero point, axis or block size'],
  instances: [
    {
      model: `(uint8[8] x) => (uint8[8] y) <float s = {0.1}, uint8 z = {7}> {
        a = DequantizeLinear (x, s, z) b = QuantizeLinear (a, s, z) y = Identity (b) }`,
    },
    {
      model: `(int8[2,4] x) => (int8[2,4] y) <float[4] s = {0.1, 0.2, 0.3, 0.4}, int8[4] z = {0, 1, -2, 3}> {
        a = DequantizeLinear (x, s, z) b = QuantizeLinear <axis = -1> (a, s, z) y = Identity (b) }`,
    },
  ],
});

export const removeRequantize: Pass = passOf(
  sameCodes,
  'remove dequantizing that is undone by quantizing alike',
);
