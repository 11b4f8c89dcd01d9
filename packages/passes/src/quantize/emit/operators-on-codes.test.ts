import { type Model, verifyModel } from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import { minMax } from '../observers/min-max.ts';
import { onnxruntimeCpu, type Target } from '../targets/index.ts';
import type { QuantizedFormat } from './operators-on-codes.ts';

const net = (): Model =>
  model(
    `(float[1,3,8,8] x) => (float[1,5] y) <${weight('w', [4, 3, 3, 3])}, ${weight('b', [4])}, ${weight('k', [4, 4, 1, 1])},
      ${weight('v', [4, 5])}, ${weight('c', [5])}> {
      h = Conv <pads = [1, 1, 1, 1]> (x, w, b) r = Relu (h) m = MaxPool <kernel_shape = [2, 2]> (r)
      s = Conv (m, k) a = Add (m, s) g = GlobalAveragePool (a) f = Flatten (g) y = Gemm (f, v, c) }`,
    { opset: 17 },
  );

const samples = (): readonly Feeds[] => [0, 1, 2].map((seed) => makeInputs(net(), undefined, { seed }));

async function written(format: QuantizedFormat, target: Target = onnxruntimeCpu): Promise<Model> {
  const m = net();
  await quantizePostTraining(m, { target, samples: samples(), observer: minMax, format });
  expect(verifyModel(m)).toEqual([]);
  return m;
}

const ops = (m: Model): readonly string[] => [...m.graph.nodes()].map((node) => node.op);

function output(m: Model): readonly number[] {
  const y = createSession(m)
    .run(samples()[0] ?? new Map())
    .get('y');
  if (y?.kind !== 'tensor') throw new Error('no tensor');
  return Array.from(reals(y), Number);
}

test('a whole network runs on operators on codes', async () => {
  const m = await written('qoperator');
  expect(ops(m)).toEqual([
    ...['QuantizeLinear', 'QLinearConv', 'MaxPool', 'QLinearConv', 'com.microsoft.QLinearAdd'],
    ...['com.microsoft.QLinearGlobalAveragePool', 'Flatten', 'com.microsoft.QGemm'],
  ]);
  expect(m.opsets.get('com.microsoft')).toBe(1);
  const [a, b] = [output(m), output(await written('qdq'))];
  const largest = Math.max(...b.map(Math.abs));
  // Codes next to ties may differ by one.
  expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))))).toBeLessThan(largest / 64);
});

test('a domain of which nothing is used is not imported', async () => {
  const onlyConv: Target = {
    ...onnxruntimeCpu,
    operators: new Map([['Conv', { inputs: 'free', output: 'free' }]]),
  };
  const m = await written('qoperator', onlyConv);
  expect(ops(m)).toContain('QLinearConv');
  expect([...m.opsets.keys()]).toEqual(['']);
});
