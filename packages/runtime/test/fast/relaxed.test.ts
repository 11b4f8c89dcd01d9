import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { relaxedModule } from '../../src/fast/wasm/relaxed.ts';
import { createSession } from '../../src/session/session.ts';
import {
  arrayOf,
  drawn,
  expectWithinBound,
  type GraphText,
  magnitudesOf,
  modelOf,
  runBoth,
} from './both-tiers.ts';

// Node 20 has relaxed SIMD only behind a flag.
if (!relaxedModule()) setFlagsFromString('--experimental-wasm-relaxed-simd');
const isThere = relaxedModule() !== undefined;

const pads = [1, 1, 1, 1];
const product = (op: string, x: readonly number[], w: readonly number[], attributes = {}): GraphText => ({
  nodes: [{ op, inputs: ['x', 'w'], output: 'y', attributes }],
  inputs: { x: drawn(x, 1) },
  constants: { w: drawn(w, 2) },
});

const products: readonly (readonly [string, GraphText, terms: number])[] = [
  ['MatMul', product('MatMul', [67, 300], [300, 45]), 300],
  ['Conv', product('Conv', [1, 6, 9, 11], [10, 6, 3, 3], { pads }), 54],
  ['Conv, a filter a channel', product('Conv', [1, 6, 9, 11], [6, 1, 3, 3], { pads, group: 6 }), 9],
];

test.skipIf(!isThere).each(products)('%s with relaxed SIMD stays within the bound', (_, text, terms) => {
  const [both] = runBoth(text, { relaxedSimd: true, winograd: 0 });
  if (!both) throw new Error('no result');
  expect(both.session.relaxedSimd).toBe(true);
  const absolute = (arrays: GraphText['inputs'] = {}): GraphText['inputs'] =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, magnitudesOf(array)]));
  const sums = { ...text, inputs: absolute(text.inputs), constants: absolute(text.constants) };
  const [magnitudes] = createSession(modelOf(sums)).run(sums.inputs).values();
  expectWithinBound(both, arrayOf(magnitudes), terms);
});

test('relaxed SIMD is only taken where it is asked for, and where it is there', () => {
  const model = modelOf(product('MatMul', [3, 4], [4, 5]));
  expect(createSession(model, { tier: 'fast' }).relaxedSimd).toBe(false);
  expect(createSession(model, { relaxedSimd: true }).relaxedSimd).toBe(false);
  expect(createSession(model, { tier: 'fast', relaxedSimd: true }).relaxedSimd).toBe(isThere);
});
