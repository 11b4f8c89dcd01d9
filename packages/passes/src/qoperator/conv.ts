import { named, no, op, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { biasCodes } from './bias.ts';
import { codedOperand, codingOf, fit, w, x } from './coded.ts';

/** Weights have a scale for each output channel, their first axis. */
const CHANNELS = 0;

const conv = rule({
  name: 'qoperator/conv',
  doc: 'QuantizeLinear(Conv(DequantizeLinear(x), DequantizeLinear(w), DequantizeLinear(b))) = QLinearConv(x, w, b), with or without b',
  match: op('QuantizeLinear', [named('conv', op('Conv', [x, w], { extraInputs: 'allow' }))], {
    extraInputs: 'allow',
  }),
  guard: ({ conv, fromX, fromW, $node }) => {
    const bias = conv.inputs[2];
    if (bias && !biasCodes(bias, fromX, fromW)) return no('bias', 'conv');
    return fit([fromX], $node, fromW, CHANNELS);
  },
  build: ({ conv, x, w, fromX, fromW, $node }, b) => {
    const bias = conv.inputs[2] && biasCodes(conv.inputs[2], fromX, fromW);
    const operands = [...codedOperand(x, fromX, b), ...codedOperand(w, fromW, b), ...codingOf($node, b)];
    return b.node('QLinearConv', bias ? [...operands, bias] : operands, Object.fromEntries(conv.attributes));
  },
  emits: [{ op: 'QLinearConv', since: 10 }],
  exactness: 'reassociate',
  phase: 'lower',
  exporters: ['quantization tools that write QuantizeLinear and DequantizeLinear around every operator'],
  traps: ['a bias in another scale than that of the product', 'int8 data with uint8 weights'],
  // Scales are powers of two: at ties, other ones may give the neighbouring code.
  instances: [
    {
      model: `(float[1,2,5,5] x) => (float[1,3,3,3] y)
        <float sx = {0.0625}, uint8 zx = {128}, int8[3,2,3,3] w = {${codes(54)}}, float[3] sw = {0.125, 0.25, 0.0625},
         int32[3] b = {100, -2000, 31}, float[3] sb = {0.0078125, 0.015625, 0.00390625}, float sy = {0.5}, uint8 zy = {100}> {
          q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx)
          e = DequantizeLinear <axis = 0> (w, sw) f = DequantizeLinear <axis = 0> (b, sb)
          c = Conv (d, e, f) p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy) }`,
    },
  ],
});

/** Some codes for weights. */
function codes(count: number): string {
  return Array.from({ length: count }, (_, i) => ((i * 37) % 255) - 127).join(', ');
}

export const convOnCodes: Pass = rulePass({
  name: 'qoperator/conv',
  summary: 'write a convolution between DequantizeLinear and QuantizeLinear as QLinearConv',
  rules: [conv],
  byDefault: false,
});
