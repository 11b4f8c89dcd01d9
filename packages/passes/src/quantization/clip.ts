import { dtypeOf, type Node } from '@refold/ir';
import { named, no, op, type Rule, rule, yes } from '@refold/matcher';
import { type Bounds, clipBounds } from '../identities/clip-bounds.ts';
import type { Pass } from '../manager/pass.ts';
import { constantFloats } from '../support/constants.ts';
import { roundHalfEven } from '../support/round-half-even.ts';
import { passOf } from '../support/rule-pass.ts';
import { codeRanges } from './codes.ts';
import { plainScales } from './granularity.ts';

/** Whether bounds have the first and the last code, with every scale and zero point, so that all beyond them does, too. */
function saturatesAt({ lo, hi }: Bounds, node: Node): boolean {
  const range = codeRanges.get(dtypeOf(node.outputs[0]) ?? 'float32');
  const scales = plainScales(node);
  const zeroPoints = node.inputs[2] ? constantFloats(node.inputs[2]) : [0];
  if (!range || !scales || !zeroPoints) return false;
  const codeOf = (x: number, scale: number, zeroPoint: number): number =>
    roundHalfEven(Math.fround(Math.fround(x) / scale)) + zeroPoint;
  // Pairing every scale with every zero point asks no less than pairing them channel by channel.
  for (const s of [extremeOf(scales, Math.min), extremeOf(scales, Math.max)]) {
    for (const z of [extremeOf(zeroPoints, Math.min), extremeOf(zeroPoints, Math.max)]) {
      if (lo !== undefined && codeOf(lo, s, z) > range[0]) return false;
      if (hi !== undefined && codeOf(hi, s, z) < range[1]) return false;
    }
  }
  return true;
}

function extremeOf(values: ArrayLike<number>, pick: (a: number, b: number) => number): number {
  let found = values[0] ?? 0;
  for (let i = 1; i < values.length; i += 1) found = pick(found, values[i] ?? found);
  return found;
}

function boundsOf(node: Node): Bounds | undefined {
  return node.opType === 'Relu' ? { lo: 0, hi: undefined } : clipBounds(node);
}

const saturated: Rule = rule({
  name: 'quantization/clip',
  doc: 'QuantizeLinear(Relu(x), s, 0) = QuantizeLinear(x, s, 0) for unsigned codes; Clip alike when it is no narrower than the codes',
  match: op(
    'QuantizeLinear',
    [named('clip', op(['Relu', 'Clip'], ['x'], { extraInputs: 'allow', test: { singleUse: true } }))],
    { extraInputs: 'allow' },
  ),
  guard: ({ clip, $node }) => {
    const bounds = boundsOf(clip);
    if (!bounds) return no('bounds-not-constant', 'clip');
    if (!plainScales($node) || $node.attributes.has('precision')) return no('scale');
    return saturatesAt(bounds, $node) ? yes : no('clip-is-narrower', 'clip');
  },
  build: ({ x, $node }, b) =>
    b.node('QuantizeLinear', [x, ...$node.inputs.slice(1)], Object.fromEntries($node.attributes)),
  emits: [{ op: 'QuantizeLinear', since: 10 }],
  exactness: 'exact',
  phase: 'normalize',
  traps: ['codes that reach below the clip', 'one scale of several that reaches further'],
  instances: [
    {
      model: `(float[8] x) => (uint8[8] y) <float s = {0.1}, uint8 z = {0}> {
        r = Relu (x) y = QuantizeLinear (r, s, z) }`,
    },
    {
      model: `(float[8] x) => (int8[8] y) <float s = {0.05}, int8 z = {0}, float l = {-7}, float h = {6.5}> {
        r = Clip (x, l, h) y = QuantizeLinear (r, s, z) }`,
    },
  ],
});

export const dropClipBeforeQuantize: Pass = passOf(
  saturated,
  'drop Relu and Clip before quantization that saturates there anyway',
);
