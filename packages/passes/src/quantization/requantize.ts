import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';
import { codeRanges } from './codes.ts';
import { plainScales, sameGranularity } from './granularity.ts';

/**
 * Codes of up to 16 bits come back from float32: n s / s differs from n by less than half, so rounding gives n.
 * The other order, quantizing first, rounds and saturates, and is no identity.
 */
const sameCodes = nodeRule({
  name: 'quantization/requantize',
  doc: 'QuantizeLinear(DequantizeLinear(x, s, z), s, z) = x for constant s and z',
  ops: 'QuantizeLinear',
  over: ['DequantizeLinear'],
  exactness: 'exact',
  rewrite: (node, b, q) => {
    const inner = producerOf(node.inputs[0], 'DequantizeLinear');
    const x = inner?.inputs[0];
    const dtype = dtypeOf(x);
    if (!inner || !dtype || dtype !== dtypeOf(node.outputs[0])) return undefined;
    if (!codeRanges.has(dtype) || dtypeOf(inner.outputs[0]) !== 'float32') return b.fail('type');
    if (!plainScales(node) || node.attributes.has('precision')) return b.fail('scale');
    return sameGranularity(inner, node, q) ? x : b.fail('parameters-differ');
  },
});

export const removeRequantize: Pass = rulePass({
  name: 'quantization/requantize',
  summary: 'remove dequantizing that is undone by quantizing alike',
  rules: [sameCodes],
});
