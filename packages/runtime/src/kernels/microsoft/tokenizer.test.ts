import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { type AttributeValue, runTensor } from '../run-one.ts';

const domain = 'com.microsoft';

/** Tokens of strings, one list a string. */
function tokens(texts: readonly string[], attributes: Readonly<Record<string, AttributeValue>>): unknown[] {
  const x = new NdArray('string', [texts.length], [...texts]);
  const out = runTensor(
    'Tokenizer',
    [x],
    { mark: 0, pad_value: '#', mincharnum: 1, ...attributes },
    { domain },
  );
  const width = out.dims[1] ?? 0;
  return texts.map((_, i) => Array.from<unknown>(out.data).slice(i * width, (i + 1) * width));
}

test('tokens are the longest matches of a pattern from left to right', () => {
  expect(tokens(['hello, world', 'x'], { tokenexp: '[a-z]+' })).toEqual([
    ['hello', 'world'],
    ['x', '#'],
  ]);
  expect(tokens(['aab'], { tokenexp: 'a|ab' })).toEqual([['a', 'ab']]);
});

test('tokens are what stands between separators, one after the other', () => {
  expect(tokens(['a b,cc  d'], { separators: [' ', ','] })).toEqual([['a', 'b', 'cc', 'd']]);
  expect(tokens(['a bb ccc'], { separators: [' '], mincharnum: 2 })).toEqual([['bb', 'ccc']]);
});

test('an empty separator makes tokens of characters, and marks enclose them', () => {
  expect(tokens(['hé😀'], { separators: [''], mark: 1 })).toEqual([['\u0002', 'h', 'é', '😀', '\u0003']]);
});

test('com.microsoft.Gelu keeps its digits far below zero', () => {
  const x = fromReals('float32', [4], [0, 1, -6, Number.NEGATIVE_INFINITY]);
  const out = Array.from<unknown>(runTensor('Gelu', [x], {}, { domain }).data).map(Number);
  expect(out[0]).toBe(0);
  expect(out[1]).toBeCloseTo(0.8413447, 6);
  expect(out[2]).toBeCloseTo(-5.9195264e-9, 14);
  expect(out[3]).toBeCloseTo(0);
});
