import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from './nd-array.ts';
import { stridedCopy } from './strided-copy.ts';
import { strides } from './strides.ts';
import { wordsOf } from './words.ts';

/** Arrays of every width of element, with `size` different elements. */
const makers: readonly ((size: number) => NdArray)[] = [
  (n) =>
    new NdArray(
      'uint8',
      [n],
      Uint8Array.from({ length: n }, (_, i) => i),
    ),
  (n) =>
    new NdArray(
      'float16',
      [n],
      Uint16Array.from({ length: n }, (_, i) => i * 7),
    ),
  (n) =>
    new NdArray(
      'float32',
      [n],
      Float32Array.from({ length: n }, (_, i) => i / 3),
    ),
  (n) =>
    new NdArray(
      'int64',
      [n],
      BigInt64Array.from({ length: n }, (_, i) => BigInt(i) << 40n),
    ),
  (n) =>
    new NdArray(
      'complex128',
      [n],
      Float64Array.from({ length: 2 * n }, (_, i) => i + 0.5),
    ),
  (n) =>
    new NdArray(
      'string',
      [n],
      Array.from({ length: n }, (_, i) => `s${i}`),
    ),
];

function element(array: NdArray, at: number): unknown {
  return array.dtype === 'complex128' ? [array.data[2 * at], array.data[2 * at + 1]] : array.data[at];
}

test('a permuted, reversed, stepped and repeated block arrives element by element', () => {
  const axis = fc.record({
    size: fc.integer({ min: 0, max: 5 }),
    step: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('forward', 'backward', 'repeat'),
  });
  const block = fc.array(axis, { maxLength: 4 }).chain((axes) =>
    fc.record({
      axes: fc.constant(axes),
      perm: fc.shuffledSubarray([...axes.keys()], { minLength: axes.length }),
      make: fc.constantFrom(...makers),
    }),
  );
  fc.assert(
    fc.property(block, ({ axes, perm, make }) => {
      const dims = axes.map((a) => a.size);
      const extent = axes.map((a) => (a.kind === 'repeat' ? 1 : a.size * a.step));
      const from = make(extent.reduce((a, b) => a * b, 1));
      const own = strides(extent);
      const back = axes.map((a, k) => (a.kind === 'backward' ? (a.size - 1) * a.step * (own[k] ?? 0) : 0));
      const offset = dims.includes(0) ? 0 : back.reduce((a, b) => a + b, 0);
      const steps = axes.map((a, k) => {
        const step = a.step * (own[k] ?? 0);
        return a.kind === 'repeat' ? 0 : a.kind === 'backward' ? -step : step;
      });
      const out = perm.map((k) => dims[k] ?? 1);
      const count = out.reduce((a, b) => a * b, 1);
      const to = make(count);
      stridedCopy(
        out,
        { view: wordsOf(to), offset: 0, strides: strides(out) },
        { view: wordsOf(from), offset, strides: perm.map((k) => steps[k] ?? 0) },
      );
      for (let at = 0; at < count; at += 1) {
        let rest = at;
        let source = offset;
        for (let k = out.length - 1; k >= 0; k -= 1) {
          const size = out[k] ?? 1;
          source += (rest % size) * (steps[perm[k] ?? 0] ?? 0);
          rest = Math.floor(rest / size);
        }
        expect(element(to, at)).toEqual(element(from, source));
      }
    }),
    { numRuns: 300 },
  );
});

test('large transpositions go through several tiles', () => {
  const rows = 70;
  const columns = 45;
  const from = new NdArray(
    'int32',
    [rows, columns],
    Int32Array.from({ length: rows * columns }, (_, i) => i),
  );
  const to = new NdArray('int32', [columns, rows], new Int32Array(rows * columns));
  stridedCopy(
    [columns, rows],
    { view: wordsOf(to), offset: 0, strides: [rows, 1] },
    { view: wordsOf(from), offset: 0, strides: [1, columns] },
  );
  for (let c = 0; c < columns; c += 1) {
    for (let r = 0; r < rows; r += 1) expect(to.data[c * rows + r]).toBe(r * columns + c);
  }
});

test('bits are moved as they are: the payload of a NaN survives', () => {
  const bits = Uint32Array.of(0x7fc12345, 0x7f800001, 0xffabcdef, 0x3f800000);
  const from = new NdArray('float32', [2, 2], new Float32Array(bits.buffer));
  const to = new NdArray('float32', [2, 2], new Float32Array(4));
  stridedCopy(
    [2, 2],
    { view: wordsOf(to), offset: 0, strides: [2, 1] },
    { view: wordsOf(from), offset: 0, strides: [1, 2] },
  );
  const moved = to.data instanceof Float32Array ? new Uint32Array(to.data.buffer) : [];
  expect([...moved]).toEqual([0x7fc12345, 0xffabcdef, 0x7f800001, 0x3f800000]);
});
