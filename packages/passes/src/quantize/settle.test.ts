import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, fromReals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../test/support.ts';
import { nodesWithin } from '../manager/walk.ts';
import { checkTarget } from './check/check-target.ts';
import { quantizeModel } from './quantize.ts';
import { integerOnly } from './targets/index.ts';

function samples(dims: readonly number[]): readonly Feeds[] {
  const size = dims.reduce((a, d) => a * d, 1);
  return [1, 2].map((seed) => ({
    x: fromReals(
      'float32',
      dims,
      Float64Array.from({ length: size }, (_, i) => Math.sin(seed + i)),
    ),
  }));
}

/** Quantizes for integers alone, twice: what runs on codes, and how much the second run wrote. */
function twice(text: string, feeds: readonly Feeds[]): { readonly onCodes: string; readonly again: number } {
  const m = model(text, { opset: 21 });
  quantizeModel(m, integerOnly, feeds);
  inferModel(new Editor(m));
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  expect(checkTarget(m, integerOnly)).toEqual([]);
  for (const sample of feeds) createSession(m).run(sample);
  const onCodes = operatorsOnCodes(m);
  const { emission } = quantizeModel(m, integerOnly, feeds);
  return { onCodes, again: emission.values + emission.constants + emission.requantized };
}

/** Operators of nodes of which some operand comes out of codes, in the order of the graph. */
function operatorsOnCodes(m: Model): string {
  return [...nodesWithin(m.graph)]
    .filter((n) => n.inputs.some((v) => v?.producer?.is('DequantizeLinear')) && !n.is('QuantizeLinear'))
    .map((n) => n.opType)
    .join(' ');
}

test('a state that is empty at first has the scale of what it grows to', () => {
  const growing =
    `(float[2, 4] x) => (float[2, M, 4] y) <${weight('w', [4, 4])}, int64 n = {3}, int64[1] one = {1},` +
    ' int64[3] none = {2, 0, 4}> { e = ConstantOfShape (none) r = Relu (x) y, last = Loop <body = body' +
    ' (int64 i, bool c, float[2, K, 4] s, float[2, 4] h) => (bool d, float[2, L, 4] t, float[2, 4] k)' +
    ' { d = Identity (c) k = MatMul (h, w) u = Unsqueeze (k, one) t = Concat <axis = 1> (s, u) }> (n, , e, r) }';
  expect(twice(growing, samples([2, 4]))).toEqual({
    onCodes: 'Relu Loop MatMul Unsqueeze Concat',
    again: 0,
  });
});

test('nothing is asked of results that nobody reads: of a state, of values of which only the places count', () => {
  const distances =
    `(float[2, 4] x) => (int64[2, 2] y) <${weight('w', [3, 4])}, int64[1] one = {1}, int64[1] two = {2}> {` +
    ' state, found = Scan <num_scan_inputs = 1, body = body (float[2, 4] s, float[4] row) => (float[2, 4] t, float[2] f)' +
    ' { t = Identity (s) a = Sub (s, row) f = ReduceSumSquare <keepdims = 0> (a, one) }> (x, w)' +
    ' g = Transpose (found) h = Sqrt (g) values, y = TopK <largest = 0> (h, two) }';
  expect(twice(distances, samples([2, 4]))).toEqual({
    onCodes: 'Identity Sub ReduceSumSquare Transpose Sqrt TopK',
    again: 0,
  });
});
