import { constantTensor, type Model, parseModel, type Tensor } from '@refold/ir';
import { expect, test } from 'vitest';
import { Allowances } from './allowances.ts';

/** Convolutions with so many pairs of channels, in this order. */
function convolutions(counts: readonly number[]): Model {
  const weights = counts.map((n) => `float[${n},1,3,3] w${n} = {${new Array(9 * n).fill(1).join(', ')}}`);
  const nodes = counts.map((n) => `y${n} = Conv (x, w${n})`);
  return parseModel(`<ir_version: 10, opset_import: ["" : 18]> g (float[1,1,8,8] x) =>
    (${counts.map((n) => `float[1,${n},6,6] y${n}`).join(', ')}) <${weights.join(', ')}> { ${nodes.join(' ')} }`);
}

function weightsOf(m: Model, name: string): Tensor {
  const tensor = [...m.graph.initializers].find((v) => v.name === name);
  const found = tensor && constantTensor(tensor);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

test('the same weights have a share, whatever the order of nodes', () => {
  for (const order of [
    [2, 4, 8],
    [8, 4, 2],
  ]) {
    const m = convolutions(order);
    // Enough for the larger form of 2, and for the smaller one of 4.
    const allowances = new Allowances(m, 108 * 2 + 28 * 4);
    expect(allowances.spend(weightsOf(m, 'w8'), 28 * 8)).toBe(false);
    expect(allowances.spend(weightsOf(m, 'w4'), 108 * 4)).toBe(false);
    expect(allowances.spend(weightsOf(m, 'w4'), 28 * 4)).toBe(true);
    expect(allowances.spend(weightsOf(m, 'w2'), 108 * 2)).toBe(true);
    // What is spent is spent.
    expect(allowances.spend(weightsOf(m, 'w2'), 1)).toBe(false);
  }
});

test('what is computed shares what is left', () => {
  const allowances = new Allowances(convolutions([2]), 108 * 2 + 10);
  expect(allowances.spend({}, 11)).toBe(false);
  expect(allowances.spend({}, 6)).toBe(true);
  expect(allowances.spend({}, 6)).toBe(false);
});
