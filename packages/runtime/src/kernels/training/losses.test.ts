import { expect, test } from 'vitest';
import { fromReals, reals } from '../../tensor/reals.ts';
import { runOne, runTensor } from '../run-one.ts';

const logs = fromReals('float32', [2, 3, 2], [1, 2, 2, 2, 3, 2, 0, 1, 2, 2, 1, 2]);
const labels = fromReals('int64', [2, 2], [2, 1, 0, 2]);
const weights = fromReals('float32', [3], [0.25, 0.5, 2]);

const loss = (inputs: Parameters<typeof runTensor>[1], attributes = {}): number[] =>
  Array.from(reals(runTensor('NegativeLogLikelihoodLoss', inputs, attributes)));

test('a loss is minus the log-probability of the right class', () => {
  expect(loss([logs, labels], { reduction: 'none' })).toEqual([-3, -2, -0, -2]);
  expect(loss([logs, labels], { reduction: 'sum' })).toEqual([-7]);
  expect(loss([logs, labels])).toEqual([-1.75]);
});

test('weights count a class more or less, in the mean as well', () => {
  expect(loss([logs, labels, weights], { reduction: 'none' })).toEqual([-6, -1, -0, -4]);
  expect(loss([logs, labels, weights])).toEqual([Math.fround(-11 / 4.75)]);
});

test('samples with the label that is ignored count nothing, even one that is not a class', () => {
  const some = fromReals('int32', [2, 2], [2, -1, 0, -1]);
  expect(loss([logs, some], { reduction: 'none', ignore_index: -1 })).toEqual([-3, 0, -0, 0]);
  expect(loss([logs, some], { ignore_index: -1 })).toEqual([-1.5]);
  const none = fromReals('int64', [2, 2], [7, 7, 7, 7]);
  expect(loss([logs, none], { ignore_index: 7 })).toEqual([Number.NaN]);
});

test('labels that are not a class are refused', () => {
  for (const label of [-1, 3]) {
    const wrong = fromReals('int64', [2, 2], [0, 0, 0, label]);
    expect(() => loss([logs, wrong])).toThrow(`NegativeLogLikelihoodLoss: there is no class ${label}`);
  }
  expect(() => loss([logs, fromReals('int64', [2], [0, 0])])).toThrow('do not fit');
  expect(() => loss([logs, labels, fromReals('float32', [2], [1, 1])])).toThrow('3 classes');
});

test('SoftmaxCrossEntropyLoss takes scores, however far apart, and gives the log-probabilities too', () => {
  const scores = fromReals('float32', [1, 2], [1e4, -1e4]);
  const [value, probabilities] = runOne(
    'SoftmaxCrossEntropyLoss',
    [scores, fromReals('int64', [1], [1])],
    {},
    { outputs: 2 },
  );
  expect(value).toMatchObject({ dims: [], data: Float32Array.of(20000) });
  expect(probabilities).toMatchObject({ dims: [1, 2], data: Float32Array.of(0, -20000) });
});
