import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../run/random.ts';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runOne } from '../run-one.ts';

const operators = [
  { op: 'RNN', gates: 1, outputs: 2 },
  { op: 'GRU', gates: 3, outputs: 2 },
  { op: 'LSTM', gates: 4, outputs: 3 },
] as const;

interface Sizes {
  readonly seed: number;
  readonly sequence: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  seed: fc.nat(),
  sequence: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 3 }),
  input: fc.integer({ min: 1, max: 3 }),
  hidden: fc.integer({ min: 1, max: 3 }),
});

function drawn(random: Random, ...dims: number[]): NdArray {
  const count = dims.reduce((a, b) => a * b, 1);
  return fromReals(
    'float32',
    dims,
    Array.from({ length: count }, () => random.normal()),
  );
}

function values(value: NdValue | undefined): number[] {
  if (value?.kind !== 'tensor') throw new Error('no tensor');
  return Array.from(reals(value));
}

/** X, W, R, B and initial states for a number of directions. */
function operands(s: Sizes, gates: number, directions: number, cells: boolean): NdArray[] {
  const random = new Random(s.seed);
  const list = [
    drawn(random, s.sequence, s.batch, s.input),
    drawn(random, directions, gates * s.hidden, s.input),
    drawn(random, directions, gates * s.hidden, s.hidden),
    drawn(random, directions, 2 * gates * s.hidden),
    fromReals(
      'int32',
      [s.batch],
      Array.from({ length: s.batch }, () => random.between(1, s.sequence + 1)),
    ),
    drawn(random, directions, s.batch, s.hidden),
  ];
  if (cells) list.push(drawn(random, directions, s.batch, s.hidden));
  return list;
}

/** One direction of operands that have it as their first axis. */
function direction(array: NdArray, d: number): NdArray {
  const [, ...rest] = array.dims;
  const size = rest.reduce((a, b) => a * b, 1);
  return fromReals(array.dtype, [1, ...rest], reals(array).slice(d * size, (d + 1) * size));
}

for (const { op, gates, outputs } of operators) {
  test(`a bidirectional ${op} is a forward and a reverse one side by side`, () => {
    fc.assert(
      fc.property(sizes, (s) => {
        const all = operands(s, gates, 2, op === 'LSTM');
        const both = runOne(op, all, { hidden_size: s.hidden, direction: 'bidirectional' }, { outputs });
        for (const [d, name] of ['forward', 'reverse'].entries()) {
          const half = all.map((a, i) => (i === 0 || i === 4 ? a : direction(a, d)));
          const one = runOne(op, half, { hidden_size: s.hidden, direction: name }, { outputs });
          const size = s.batch * s.hidden;
          expect(values(both[1]).slice(d * size, (d + 1) * size)).toEqual(values(one[1]));
          for (let t = 0; t < s.sequence; t += 1) {
            const at = (2 * t + d) * size;
            expect(values(both[0]).slice(at, at + size)).toEqual(
              values(one[0]).slice(t * size, (t + 1) * size),
            );
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test(`${op} with the batch first gives the same numbers in the other order`, () => {
    fc.assert(
      fc.property(sizes, (s) => {
        const all = operands({ ...s, batch: 1 }, gates, 1, op === 'LSTM').filter((_, i) => i !== 4);
        const [x, w, r, b, ...states] = all;
        const plain = runOne(op, [x, w, r, b, undefined, ...states], { hidden_size: s.hidden }, { outputs });
        const turned = x?.reshaped([1, s.sequence, s.input]);
        const inputs = [turned, w, r, b, undefined, ...states];
        const first = runOne(op, inputs, { hidden_size: s.hidden, layout: 1 }, { outputs });
        expect(first.map((v) => (v.kind === 'tensor' ? v.dims : []))).toEqual([
          [1, s.sequence, 1, s.hidden],
          ...Array.from({ length: outputs - 1 }, () => [1, 1, s.hidden]),
        ]);
        expect(first.map(values)).toEqual(plain.map(values));
      }),
      { numRuns: 25 },
    );
  });
}

const scalar = (...v: number[]): NdArray => fromReals('float32', [1, v.length, 1], v);

test('RNN by hand: two steps of one unit, with a clipped activation', () => {
  const x = fromReals('float32', [2, 1, 1], [1, 2]);
  const [y] = runOne('RNN', [x, scalar(0.5), scalar(2)], { hidden_size: 1, activations: ['Affine'] });
  expect(values(y)).toEqual([0.5, 2]);
  const [clipped] = runOne('RNN', [x, scalar(0.5), scalar(2)], {
    hidden_size: 1,
    activations: ['Affine'],
    clip: 1.5,
  });
  expect(values(clipped)).toEqual([0.5, 1.5]);
});

test('LSTM by hand: linear gates show the order input, output, forget, cell', () => {
  const x = fromReals('float32', [1, 1, 1], [1]);
  const c = fromReals('float32', [1, 1, 1], [10]);
  const inputs = [x, scalar(2, 3, 5, 7), scalar(0, 0, 0, 0), undefined, undefined, undefined, c];
  const attributes = { hidden_size: 1, activations: ['Affine', 'Affine', 'Affine'] };
  // c = 5·10 + 2·7, h = 3·c; with coupled gates the forget gate is 1 - 2.
  expect(runOne('LSTM', inputs, attributes, { outputs: 3 }).map(values)).toEqual([[192], [192], [64]]);
  expect(runOne('LSTM', inputs, { ...attributes, input_forget: 1 }, { outputs: 3 }).map(values)[2]).toEqual([
    4,
  ]);
  // Peepholes add their weight times the cell: i and f see the old one, o the new one.
  const peepholes = fromReals('float32', [1, 3], [0.1, 1, 0.2]);
  const seen = runOne('LSTM', [...inputs, peepholes], attributes, { outputs: 3 }).map(values);
  expect(seen[2]?.[0]).toBeCloseTo(7 * 10 + 3 * 7, 4);
  expect(seen[1]?.[0]).toBeCloseTo((3 + 91) * 91, 2);
});

test('GRU applies its reset gate before or after the hidden state is multiplied', () => {
  const x = fromReals('float32', [1, 1, 1], [1]);
  const h = fromReals('float32', [1, 1, 1], [4]);
  const b = fromReals('float32', [1, 6], [0, 0, 0, 0, 0, 1]);
  const inputs = [x, scalar(0.25, 0.5, 0), scalar(0, 0, 3), b, undefined, h];
  const attributes = { hidden_size: 1, activations: ['Affine', 'Affine'] };
  // z = 0.25, r = 0.5: the candidate is 3·(0.5·4) + 1 = 7, or 0.5·(3·4 + 1) = 6.5.
  expect(values(runOne('GRU', inputs, attributes)[0])).toEqual([0.75 * 7 + 0.25 * 4]);
  expect(values(runOne('GRU', inputs, { ...attributes, linear_before_reset: 1 })[0])).toEqual([
    0.75 * 6.5 + 0.25 * 4,
  ]);
});

test('operands that do not fit are refused', () => {
  const x = fromReals('float32', [1, 1, 1], [1]);
  expect(() => runOne('RNN', [x, scalar(1, 2), scalar(1)], { hidden_size: 1 })).toThrow(
    'operand 1 has shape [1, 2, 1] instead of [1, 1, 1]',
  );
  const long = fromReals('int32', [1], [2]);
  expect(() => runOne('RNN', [x, scalar(1), scalar(1), undefined, long], { hidden_size: 1 })).toThrow(
    'a sequence of 2 elements among 1',
  );
});
