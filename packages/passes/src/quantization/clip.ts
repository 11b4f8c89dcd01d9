import type { Node } from '@refold/ir';
import { type Bounds, clipBounds } from '../identities/clip-bounds.ts';
import { type Pass, rulePass } from '../manager/pass.ts';
import { constantFloats, dtypeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';
import { codeRanges } from './codes.ts';
import { plainScales } from './granularity.ts';

/** The largest interval of reals that every scale and zero point of a QuantizeLinear can represent. */
function representable(node: Node): readonly [number, number] | undefined {
  const range = codeRanges.get(dtypeOf(node.outputs[0]) ?? 'float32');
  const scales = plainScales(node);
  const zeroPoints = node.inputs[2] ? constantFloats(node.inputs[2]) : [0];
  if (!range || !scales || !zeroPoints) return undefined;
  // Pairing every scale with every zero point is no narrower than their pairing channel by channel.
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const extreme of [extremeOf(scales, Math.min), extremeOf(scales, Math.max)]) {
    for (const z of [extremeOf(zeroPoints, Math.min), extremeOf(zeroPoints, Math.max)]) {
      low = Math.min(low, (range[0] - z) * extreme);
      high = Math.max(high, (range[1] - z) * extreme);
    }
  }
  return [low, high];
}

function extremeOf(values: ArrayLike<number>, pick: (a: number, b: number) => number): number {
  let found = values[0] ?? 0;
  for (let i = 1; i < values.length; i += 1) found = pick(found, values[i] ?? found);
  return found;
}

function boundsOf(node: Node): Bounds | undefined {
  return node.opType === 'Relu' ? { lo: 0, hi: undefined } : clipBounds(node);
}

const saturated = nodeRule({
  name: 'quantization/clip',
  doc: 'QuantizeLinear(Relu(x), s, 0) = QuantizeLinear(x, s, 0) for unsigned codes; Clip alike when it is no narrower than the codes',
  ops: 'QuantizeLinear',
  over: ['Relu', 'Clip'],
  exactness: 'exact',
  emits: [{ op: 'QuantizeLinear', since: 10 }],
  rewrite: (node, b) => {
    const clip = soleProducerOf(node.inputs[0], 'Relu', 'Clip');
    const bounds = clip && boundsOf(clip);
    if (!bounds) return undefined;
    const range = representable(node);
    if (!range || node.attributes.has('precision')) return b.fail('scale');
    const { lo = Number.NEGATIVE_INFINITY, hi = Number.POSITIVE_INFINITY } = bounds;
    if (!(lo <= range[0] && hi >= range[1])) return b.fail('clip-is-narrower');
    const attributes = Object.fromEntries(node.attributes);
    return b.node('QuantizeLinear', [clip?.inputs[0], ...node.inputs.slice(1)], attributes);
  },
});

export const dropClipBeforeQuantize: Pass = rulePass({
  name: 'quantization/clip',
  summary: 'drop Relu and Clip before quantization that saturates there anyway',
  rules: [saturated],
});
