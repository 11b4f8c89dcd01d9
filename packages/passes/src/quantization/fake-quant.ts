import { type Node, tensorOf, type Value } from '@refold/ir';
import { type Builder, commutative, named, no, op, type Query, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { codeRanges } from './codes.ts';
import { type FakeQuant, readFakeQuant } from './fake-quant-reader.ts';
import { stepOperators } from './steps.ts';

/**
 * Code, not a pattern: products and sums come in any order on both sides of the `Round`, and what they are about follows
 * from the numbers.
 */
const fakeQuant: Rule = nodeRule({
  name: 'quantization/fake-quant',
  doc: '(Clip(Round(x / s) + z, low, high) - z) * s = DequantizeLinear(QuantizeLinear(x, s, z), s, z)',
  ops: stepOperators,
  over: [...stepOperators, 'Round'],
  emits: [
    { op: 'QuantizeLinear', since: 10 },
    { op: 'DequantizeLinear', since: 10 },
    { op: 'Clip', since: 6 },
  ],
  // NaN has no code. Where x is multiplied by 1 / s, or z is added before rounding, halves may round to the other side.
  exactness: 'approximate',
  phase: 'quantize',
  decreases: 'rounded numbers that are no codes',
  rewrite: (node, b, q) => {
    const found = readFakeQuant(node);
    if (!found) return undefined;
    if ('broken' in found) return b.refuse(found.broken, found.why);
    return writeCodes(found, b, q);
  },
});

function writeCodes(found: FakeQuant, b: Builder, { opset }: Query): Value | undefined {
  const { data, dtype, scales, zeroPoints, axis, low, high } = found;
  const [least, largest] = codeRanges.get(dtype) ?? [low, high];
  const isPart = low > least || high < largest;
  const since = dtype.endsWith('16') ? 21 : axis !== undefined ? 13 : isPart ? 12 : 10;
  if (opset < since) return b.refuse('type-not-in-opset');
  const dims = axis === undefined ? [] : [scales.length];
  const scale = b.constant(scales, 'float32', dims, 'scale');
  const zero = b.constant(tensorOf(dtype, dims, zeroPoints), 'zero_point');
  const params = axis === undefined ? {} : { axis };
  const codes = b.node('QuantizeLinear', [data, scale, zero], params);
  const bounds = [low, high].map((x) => (isPart ? b.constant(tensorOf(dtype, [], [x]), 'code') : undefined));
  const clipped = isPart ? b.node('Clip', [codes, ...bounds]) : codes;
  return b.node('DequantizeLinear', [clipped, scale, zero], params);
}

/** What training writes so that gradients pass by rounding: the rounded numbers are those of x. */
const straightThrough: Rule = rule({
  name: 'quantization/fake-quant.straight-through',
  doc: 'x + (q - x) = q for q = DequantizeLinear(QuantizeLinear(x))',
  match: commutative('Add', [
    'x',
    op('Sub', [named('q', op('DequantizeLinear', [], { extraInputs: 'allow' })), 'x']),
  ]),
  guard: ({ q, x }) => (codedBy(q) === x ? yes : no('other-data', 'q')),
  build: ({ q }, b) => q.outputs[0] ?? b.fail('no-output'),
  emits: [],
  // The difference and the sum are rounded.
  exactness: 'approximate',
  phase: 'quantize',
  exporters: ['hand-written quantization-aware training'],
  instances: [
    {
      model: `(float[8] x) => (float[8] y) <float s = {0.125}, uint8 z = {7}> {
        c = QuantizeLinear (x, s, z) q = DequantizeLinear (c, s, z) d = Sub (q, x) y = Add (x, d) }`,
    },
  ],
});

/** What a `DequantizeLinear` was before it was codes. */
function codedBy(dequantize: Node): Value | undefined {
  let node = dequantize.inputs[0]?.producer;
  if (node?.is('Clip')) node = node.inputs[0]?.producer;
  return node?.is('QuantizeLinear') ? node.inputs[0] : undefined;
}

export const foldFakeQuant: Pass = rulePass({
  name: 'quantization/fake-quant',
  summary: 'fold the arithmetic of fake quantization back',
  rules: [fakeQuant, straightThrough],
});
