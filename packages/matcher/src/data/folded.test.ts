import { tensorOf } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arithmetic, Folded } from './folded.ts';
import { concatenated, transposed } from './move.ts';

const folded = (
  dims: readonly number[],
  values: readonly number[],
  dtype: 'float32' | 'float16' | 'int8' | 'int64' = 'float32',
) => Folded.of(tensorOf(dtype, dims, values));
const reason = (f: () => unknown): unknown => {
  try {
    return f();
  } catch (refusal) {
    return (refusal as { readonly reason: string }).reason;
  }
};

/** Element `at` of a tensor, as broadcasting sees it. */
function element({ dims, values }: Folded, at: readonly number[]): number {
  let offset = 0;
  dims.forEach((d, i) => {
    const index = at[i + at.length - dims.length] ?? 0;
    offset = offset * d + (d === 1 ? 0 : index);
  });
  return values[offset] ?? Number.NaN;
}

function* places(dims: readonly number[], head: readonly number[] = []): Generator<readonly number[]> {
  const [size, ...rest] = dims;
  if (size === undefined) yield head;
  else for (let i = 0; i < size; i += 1) yield* places(rest, [...head, i]);
}

const shapes = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 })
  .chain((dims) =>
    fc.tuple(
      fc.constant(dims),
      fc.tuple(...dims.map((d) => fc.constantFrom(d, 1))),
      fc.tuple(...dims.map((d) => fc.constantFrom(d, 1))),
      fc.nat({ max: dims.length }),
    ),
  );
const counting = (dims: readonly number[], from: number): Folded =>
  folded(
    dims,
    Array.from({ length: dims.reduce((n, d) => n * d, 1) }, (_, i) => i + from),
  );

test('arithmetic broadcasts as ONNX does', () => {
  fc.assert(
    fc.property(shapes, fc.constantFrom('+', '-', '*', '/', 'min', 'max'), ([, one, two, cut], op) => {
      const [a, b] = [counting(one, 1), counting(two.slice(cut), 2)];
      const result = arithmetic(op as '+', a, b);
      const ways = {
        '+': (x: number, y: number) => x + y,
        '-': (x: number, y: number) => x - y,
        '*': (x: number, y: number) => x * y,
        '/': (x: number, y: number) => x / y,
        min: Math.min,
        max: Math.max,
      };
      for (const at of places(result.dims)) {
        expect(element(result, at)).toBe(ways[op as '+'](element(a, at), element(b, at)));
      }
    }),
  );
});

test('an open rank lines axes up from the left', () => {
  const k = folded([2], [10, 100]).withAxes([':', '...']);
  expect(arithmetic('*', folded([2, 1, 2], [1, 2, 3, 4]), k).tensor().dims).toEqual([2, 1, 2]);
  expect([...arithmetic('*', folded([2, 1, 2], [1, 2, 3, 4]), k).values]).toEqual([10, 20, 300, 400]);
  expect(reason(() => k.tensor())).toBe('fold-open-rank');
  expect(folded([2], [1, 2]).withAxes([1, ':', 1]).dims).toEqual([1, 2, 1]);
  expect(folded([2, 3], [1, 2, 3, 4, 5, 6]).withAxes(['...', ':', 1]).dims).toEqual([2, 3, 1]);
  expect(reason(() => folded([2], [1, 2]).withAxes([':', ':']))).toBe('fold-rank');
});

test('results are rounded once', () => {
  const third = arithmetic('/', folded([], [1]), folded([], [3]));
  expect([
    ...arithmetic('*', third, folded([], [3]))
      .tensor()
      .bytes(),
  ]).toEqual([...tensorOf('float32', [], [1]).bytes()]);
});

test.for([
  ['an infinity', () => arithmetic('/', folded([], [1]), folded([], [0])), 'fold-not-finite'],
  [
    'an overflow of the type',
    () => arithmetic('*', folded([], [60000], 'float16'), folded([], [2], 'float16')).tensor(),
    'fold-not-finite',
  ],
  [
    'an integer that wraps',
    () => arithmetic('*', folded([], [100], 'int8'), folded([], [2], 'int8')).tensor(),
    'fold-precision',
  ],
  [
    'an integer quotient with a rest',
    () => arithmetic('/', folded([], [1], 'int64'), folded([], [2], 'int64')).tensor(),
    'fold-precision',
  ],
  ['two dtypes', () => arithmetic('+', folded([], [1]), folded([], [1], 'float16')), 'fold-dtypes'],
  [
    'shapes that do not broadcast',
    () => arithmetic('+', folded([2], [1, 2]), folded([3], [1, 2, 3])),
    'fold-shape',
  ],
  [
    'a result without end',
    () => arithmetic('+', counting([5000, 1], 0), counting([1, 5000], 0)),
    'fold-too-large',
  ],
  ['a dtype without arithmetic', () => Folded.of(tensorOf('bool', [1], [1])), 'fold-dtype'],
  ['another number of elements', () => folded([2], [1, 2]).reshaped([3]), 'fold-shape'],
  ['a shape of zero and the rest', () => folded([2], [1, 2]).reshaped([0, -1]), 'fold-shape'],
] as const)('%s is refused', ([, f, code]) => {
  expect(reason(f)).toBe(code);
});

test('axes move, and parts are put together', () => {
  const a = folded([2, 3], [1, 2, 3, 4, 5, 6]);
  expect([...transposed(a, [1, 0]).values]).toEqual([1, 4, 2, 5, 3, 6]);
  expect(transposed(folded([0, 3], []), [1, 0]).dims).toEqual([3, 0]);
  expect([...concatenated([a, folded([2, 1], [7, 8])], -1).values]).toEqual([1, 2, 3, 7, 4, 5, 6, 8]);
  expect(concatenated([folded([0, 3], []), a], 0).dims).toEqual([2, 3]);
  expect(concatenated([folded([0, 1], []), folded([0, 2], [])], 1).dims).toEqual([0, 3]);
  expect(reason(() => concatenated([a, folded([1, 2], [7, 8])], 0))).toBe('fold-shape');
  expect(reason(() => transposed(a, [0, 0]))).toBe('fold-shape');
});
