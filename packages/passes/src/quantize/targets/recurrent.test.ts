import {
  constantTensor,
  Editor,
  inferModel,
  type Model,
  type Node,
  tensorFloats,
  tensorOf,
} from '@refold/ir';
import { makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { OutputErrors } from '../analyse/output-errors.ts';
import { checkTarget } from '../check/check-target.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import { integerOnly, type Target, tflite } from './index.ts';

interface Quantized {
  readonly model: Model;
  readonly onCodes: readonly string[];
  readonly noise: number;
  /** The recurrent node, and what stands around it: scales by the name of what is read or given. */
  readonly node: Node;
  readonly scales: ReadonlyMap<string, { readonly dtype: string; readonly scale: readonly number[] }>;
}

async function quantized(text: string, target: Target = integerOnly): Promise<Quantized> {
  const read = (): Model => model(text, { opset: 14 });
  const samples = [1, 2, 3].map((seed) => makeInputs(read(), undefined, { seed }));
  const changed = read();
  const { report } = await quantizePostTraining(changed, { target, samples });
  inferModel(new Editor(changed));
  const node = [...changed.graph.nodes()].find(({ opType }) => ['LSTM', 'GRU', 'RNN'].includes(opType));
  if (!node) throw new Error('no recurrent node');
  const breaches = checkTarget(changed, target).filter(
    ({ code }) => code === 'other-scale' || !target.floatIslands,
  );
  expect(breaches.map(({ message }) => message)).toEqual([]);
  return {
    model: changed,
    onCodes: Object.keys(report.quantized).sort(),
    noise: new OutputErrors(read(), samples).of(changed).noiseToSignal,
    node,
    scales: scalesAround(node),
  };
}

function scalesAround(node: Node): Quantized['scales'] {
  const found = new Map<string, { readonly dtype: string; readonly scale: readonly number[] }>();
  const note = (name: string, conversion: Node | undefined): void => {
    const codes = conversion?.is('DequantizeLinear') ? conversion.inputs[0] : conversion?.outputs[0];
    const scale = conversion?.inputs[1] && constantTensor(conversion.inputs[1]);
    if (scale && codes?.type?.kind === 'tensor')
      found.set(name, { dtype: codes.type.dtype, scale: [...tensorFloats(scale)] });
  };
  const operands = ['X', 'W', 'R', 'B', 'lengths', 'initial_h', 'initial_c', 'P'];
  operands.forEach((name, i) => {
    const conversion = node.inputs[i]?.producer;
    if (conversion?.is('DequantizeLinear')) note(name, conversion);
  });
  ['Y', 'Y_h', 'Y_c'].forEach((name, i) => {
    for (const { node: reader } of node.outputs[i]?.uses() ?? [])
      if (reader?.is('QuantizeLinear')) note(name, reader);
  });
  return found;
}

const H = 4;

/** A net of a recurrent operator between two products, two directions, states in and out. */
function net(op: 'LSTM' | 'GRU' | 'RNN', attributes = '', reads = 'b, , h0'): string {
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[op];
  const cells = op === 'LSTM' && reads.includes('c0');
  return (
    `(float[5,2,3] x, float[2,2,${H}] h0${cells ? `, float[2,2,${H}] c0` : ''})` +
    ` => (float[5,2,2,6] y, float[2,2,${H}] h1${cells ? `, float[2,2,${H}] c1` : ''})` +
    ` <${weight('v', [3, 3])}, ${weight('w', [2, gates * H, 3])}, ${weight('r', [2, gates * H, H])},` +
    ` ${weight('b', [2, 2 * gates * H])}, ${weight('p', [2, 3 * H])}, ${weight('u', [H, 6])},` +
    ' int32[2] lengths = {5, 3}>' +
    ` { a = MatMul (x, v) s, h1${cells ? ', c1' : ''} = ${op} <direction = "bidirectional", hidden_size = ${H}${attributes}>` +
    ` (a, w, r, ${reads}) y = MatMul (s, u) }`
  );
}

test.each(['LSTM', 'GRU', 'RNN'] as const)(
  '%s runs on codes with its surroundings, and a state keeps its scale (R7)',
  async (op) => {
    const { onCodes, noise, scales } = await quantized(net(op));
    expect(onCodes).toEqual([op, 'MatMul'].sort());
    expect(noise).toBeLessThan(0.01);
    for (const name of ['X', 'W', 'R', 'Y', 'Y_h', 'initial_h'])
      expect(scales.get(name)?.dtype, name).toBe('int8');
    expect(scales.get('Y_h')).toEqual(scales.get('Y'));
    expect(scales.get('initial_h')).toEqual(scales.get('Y'));
  },
);

test('a bias has the scale of each of the two products that it is added to', async () => {
  for (const target of [integerOnly, tflite]) {
    const { scales, node } = await quantized(net('LSTM'), target);
    const at = (name: string): number => scales.get(name)?.scale[0] ?? Number.NaN;
    const half = (s: number): readonly number[] => Array.from({ length: 4 * H }, () => Math.fround(s));
    expect(scales.get('B')).toEqual({
      dtype: 'int32',
      scale: [...half(at('X') * at('W')), ...half(at('Y') * at('R'))],
    });
    expect(node.inputs[3]?.producer?.attributes.get('axis')).toMatchObject({ value: 1 });
  }
});

test('cells, which add up over all steps, have 16 bits, and the opset that has them', async () => {
  const { model: made, scales, noise } = await quantized(net('LSTM', '', 'b, , h0, c0'));
  expect(made.opsets.get('')).toBe(21);
  expect(scales.get('Y_c')?.dtype).toBe('int16');
  expect(scales.get('initial_c')).toEqual(scales.get('Y_c'));
  expect(scales.get('Y_h')?.dtype).toBe('int8');
  expect(noise).toBeLessThan(0.01);
});

test('peepholes are weights, lengths of samples stay as they are', async () => {
  const { node, scales } = await quantized(net('LSTM', '', 'b, lengths, h0, c0, p'));
  expect(scales.get('P')?.dtype).toBe('int8');
  expect(node.inputs[4]?.name).toBe('lengths');
});

test('TensorFlow Lite has the usual LSTM alone', async () => {
  const sides = async (text: string): Promise<readonly string[]> => (await quantized(text, tflite)).onCodes;
  expect(await sides(net('LSTM'))).toEqual(['LSTM', 'MatMul']);
  const usual = ', activations = ["Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh"]';
  expect(await sides(net('LSTM', usual))).toEqual(['LSTM', 'MatMul']);
  const others = [
    net('GRU'),
    net('RNN'),
    net('LSTM', ', clip = 3.0'),
    net('LSTM', ', input_forget = 1'),
    net('LSTM', usual.replace('Tanh', 'Relu')),
    net('LSTM', '', 'b, lengths, h0'),
    net('LSTM', '', 'b, , h0, c0, p'),
  ];
  for (const text of others) expect(await sides(text), text).toEqual(['MatMul']);
});

test('where only cells are read, nothing tells the scale of the hidden state: the node stays on floats', async () => {
  const text =
    `(float[5,2,3] x) => (float[1,2,${H}] y) <${weight('w', [1, 4 * H, 3])}, ${weight('r', [1, 4 * H, H])}>` +
    ` { a = Relu (x) "", "", c = LSTM <hidden_size = ${H}> (a, w, r) y = Relu (c) }`;
  expect((await quantized(text)).onCodes).not.toContain('LSTM');
});

test('a state that comes back with another scale is a breach', async () => {
  const { model: made, node } = await quantized(net('GRU'));
  const conversion = node.inputs[5]?.producer;
  if (!conversion) throw new Error('no conversion');
  const editor = new Editor(made);
  editor.setOperand(conversion, 1, editor.addConstant(made.graph, tensorOf('float32', [], [0.3]), 'other'));
  expect(checkTarget(made, integerOnly).map((b) => `${b.code} ${b.node.opType}`)).toEqual([
    'other-scale GRU',
  ]);
});

test('a result that nobody reads keeps no other from its codes', async () => {
  const text =
    `(float[2,6] x) => (float[2,2] y) <${weight('w', [6, 6])}, ${weight('u', [3, 2])}>` +
    ' { a = MatMul (x, w) p, q = Split <axis = 1, num_outputs = 2> (a) y = MatMul (q, u) }';
  const changed = model(text);
  const samples = [makeInputs(changed, undefined, { seed: 1 })];
  const { report } = await quantizePostTraining(changed, { target: integerOnly, samples });
  expect(report.quantized).toEqual({ MatMul: 2, Split: 1 });
});
