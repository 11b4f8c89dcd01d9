import { expect, test } from 'vitest';
import { NdArray } from '../../tensor/nd-array.ts';
import { runOne } from '../run-one.ts';

const domain = 'ai.onnx.preview.training';
const f64 = (...values: number[]): NdArray =>
  new NdArray('float64', [values.length], Float64Array.from(values));
const rate = new NdArray('float64', [], Float64Array.of(0.1));
const count = (t: bigint): NdArray => new NdArray('int64', [], BigInt64Array.of(t));

function update(op: string, t: bigint, operands: NdArray[], attributes: object, outputs: number): number[][] {
  return runOne(op, [rate, count(t), ...operands], { ...attributes }, { domain, outputs }).map((value) =>
    value.kind === 'tensor' ? Array.from(value.data, Number) : [],
  );
}

test('Momentum: in the first update beta does not count', () => {
  const attributes = { alpha: 0.5, beta: 0.25, mode: 'standard', norm_coefficient: 0 };
  expect(update('Momentum', 0n, [f64(1), f64(4), f64(2)], attributes, 2)).toEqual([[0.5], [5]]);
  expect(update('Momentum', 1n, [f64(1), f64(4), f64(2)], attributes, 2)).toEqual([[0.8], [2]]);
});

test('Momentum as Nesterov has it looks ahead', () => {
  const attributes = { alpha: 0.5, beta: 1, mode: 'nesterov', norm_coefficient: 0.5 };
  // gradient 4 + 0.5 * 2 = 5, speed 0.5 * 2 + 5 = 6, step 0.1 * (5 + 0.5 * 6)
  expect(update('Momentum', 1n, [f64(2), f64(4), f64(2)], attributes, 2)).toEqual([[1.2], [6]]);
});

test('Adagrad divides by the root of squared gradients, and its rate decays', () => {
  const attributes = { decay_factor: 1, epsilon: 0, norm_coefficient: 0 };
  const [x, h] = update('Adagrad', 1n, [f64(1), f64(3), f64(16)], attributes, 2);
  expect(h).toEqual([25]);
  expect(x?.[0]).toBeCloseTo(1 - (0.05 * 3) / 5, 14);
});

test('Adam corrects its averages for their start at zero, but not in update 0', () => {
  const attributes = { alpha: 0.5, beta: 0.75, epsilon: 0, norm_coefficient_post: 0.5 };
  const [x, v, h] = update('Adam', 1n, [f64(2), f64(4), f64(0), f64(0)], attributes, 3);
  expect([v, h]).toEqual([[2], [4]]);
  expect(x?.[0]).toBeCloseTo(0.5 * (2 - (0.1 * Math.sqrt(0.25)) / 0.5), 14);
  expect(update('Adam', 0n, [f64(2), f64(4), f64(0), f64(0)], attributes, 3)[0]?.[0]).toBeCloseTo(0.95, 14);
});

test('several tensors are updated by one node, each by its own operands', () => {
  const attributes = { alpha: 0, beta: 1, mode: 'standard', norm_coefficient: 0 };
  const operands = [f64(1), f64(2, 3), f64(1), f64(0, 1), f64(0), f64(0, 0)];
  expect(update('Momentum', 1n, operands, attributes, 4)).toEqual([[0.9], [2, 2.9], [1], [0, 1]]);
});

test('operands that do not make whole groups, or of other shapes, are refused', () => {
  const attributes = { alpha: 0, beta: 1, mode: 'standard', norm_coefficient: 0 };
  expect(() => update('Momentum', 1n, [f64(1), f64(1)], attributes, 2)).toThrow('it has 4 operands');
  expect(() => update('Momentum', 1n, [f64(1), f64(1, 2), f64(1)], attributes, 2)).toThrow(
    'different shapes',
  );
});
