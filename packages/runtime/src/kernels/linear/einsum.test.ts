import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runTensor } from '../run-one.ts';

const SIZES = new Map([
  ['i', 2],
  ['j', 3],
  ['k', 1],
  ['l', 4],
]);
const letter = fc.constantFrom(...SIZES.keys());
const term = fc.array(letter, { maxLength: 3 }).map((l) => l.join(''));

/** Small integers, so that sums are exact and their order does not matter. */
function operand(dims: readonly number[], seed: number): NdArray {
  const count = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    'float64',
    dims,
    Array.from({ length: count }, (_, i) => ((i * 7 + seed) % 11) - 5),
  );
}

/** The definition: for all values of all letters, add the product of the operands to the output. */
function definition(terms: readonly string[], output: string, operands: readonly NdArray[]): number[] {
  const letters = [...SIZES.keys()];
  const sums = new Array<number>(sizeOf(output)).fill(0);
  const total = sizeOf(letters.join(''));
  const used = new Set(terms.join(''));
  for (let n = 0; n < total; n += 1) {
    const value = new Map<string, number>();
    let rest = n;
    for (const l of letters) {
      value.set(l, rest % (SIZES.get(l) ?? 1));
      rest = Math.floor(rest / (SIZES.get(l) ?? 1));
    }
    // Letters that occur nowhere are not summed over.
    if (letters.some((l) => !used.has(l) && value.get(l) !== 0)) continue;
    const place = (t: string) => [...t].reduce((at, l) => at * (SIZES.get(l) ?? 1) + (value.get(l) ?? 0), 0);
    const product = terms.reduce((p, t, i) => p * (reals(operands[i] ?? operand([], 0))[place(t)] ?? 0), 1);
    sums[place(output)] = (sums[place(output)] ?? 0) + product;
  }
  return sums;
}

function sizeOf(t: string): number {
  return [...t].reduce((size, l) => size * (SIZES.get(l) ?? 1), 1);
}

test('Einsum is the sum of products over all letters that the output lacks', () => {
  fc.assert(
    fc.property(fc.array(term, { minLength: 1, maxLength: 3 }), fc.nat(), (terms, pick) => {
      const letters = [...new Set(terms.join(''))];
      const output = letters
        .filter((_, i) => (pick >> i) & 1)
        .reverse()
        .join('');
      const operands = terms.map((t, i) =>
        operand(
          [...t].map((l) => SIZES.get(l) ?? 1),
          i,
        ),
      );
      const y = runTensor('Einsum', operands, { equation: `${terms.join(',')}->${output}` });
      expect(Array.from(reals(y))).toEqual(definition(terms, output, operands));
    }),
    { numRuns: 300 },
  );
});

test('an ellipsis broadcasts the axes that it stands for', () => {
  const a = operand([3, 1, 2], 0);
  const b = operand([2, 2], 1);
  const y = runTensor('Einsum', [a, b], { equation: '...i,...i->...' });
  expect(y.dims).toEqual([3, 2]);
  const matmul = runTensor('Einsum', [a, b], { equation: '...ij,jk' });
  expect(matmul.dims).toEqual([3, 1, 2]);
  expect(matmul.data).toEqual(runTensor('MatMul', [a, b]).data);
});

test('integers that doubles cannot hold are summed exactly', () => {
  const x = new NdArray('int64', [2], new BigInt64Array([2n ** 60n + 1n, 5n]));
  expect(runTensor('Einsum', [x, x], { equation: 'i,i->i' }).data).toEqual(
    new BigInt64Array([BigInt.asIntN(64, (2n ** 60n + 1n) ** 2n), 25n]),
  );
  expect(runTensor('Einsum', [x], { equation: 'i->' }).data).toEqual(new BigInt64Array([2n ** 60n + 6n]));
});
