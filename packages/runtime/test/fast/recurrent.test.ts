import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { drawn, expectClose, type GraphText, type Plain, runBoth } from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

const sizes = fc.record({
  sequence: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 5 }),
  inputs: fc.integer({ min: 1, max: 9 }),
  hidden: fc.integer({ min: 1, max: 9 }),
});

const form = fc.record({
  direction: fc.constantFrom('forward', 'reverse', 'bidirectional'),
  bias: fc.boolean(),
  initial: fc.boolean(),
  linear: fc.nat(1),
  dtype: fc.constantFrom<'float32' | 'float16'>('float32', 'float32', 'float16'),
  unused: fc.nat(2),
});

for (const [op, gates, states] of [
  ['LSTM', 4, 2],
  ['GRU', 3, 1],
  ['RNN', 1, 1],
] as const) {
  test(`${op} in both directions, with biases and initial states and without`, () => {
    fc.assert(
      fc.property(sizes, form, ({ sequence, batch, inputs, hidden }, f) => {
        const directions = f.direction === 'bidirectional' ? 2 : 1;
        const of = (dims: readonly number[], seed: number): NdArray => drawn(dims, seed, f.dtype);
        const constants: Record<string, NdArray> = {
          w: of([directions, gates * hidden, inputs], 2),
          r: of([directions, gates * hidden, hidden], 3),
        };
        const fed: Record<string, NdArray> = { x: of([sequence, batch, inputs], 1) };
        if (f.bias) constants.b = of([directions, 2 * gates * hidden], 4);
        const initial = ['h', 'c'].slice(0, f.initial ? states : 0);
        for (const [i, name] of initial.entries()) fed[name] = of([directions, batch, hidden], 5 + i);
        const attributes: Record<string, Plain> = { hidden_size: hidden, direction: f.direction };
        if (op === 'GRU') attributes.linear_before_reset = f.linear;
        const outputs = ['y', 'last_h', 'last_c'].slice(0, states + 1);
        const text: GraphText = {
          nodes: [
            {
              op,
              inputs: ['x', 'w', 'r', f.bias ? 'b' : '', '', ...initial],
              output: 'y',
              more: outputs.slice(1),
              attributes,
            },
          ],
          inputs: fed,
          constants,
          outputs: outputs.filter((_, i) => i !== f.unused || outputs.length === 1),
        };
        expect(kernelsOf(text)).toContain(op.toLowerCase());
        const step = f.dtype === 'float16' ? 2 ** -10 : 4e-6;
        for (const both of runBoth(text)) expectClose(both, 0, step);
      }),
      { numRuns: 60 },
    );
  });
}

test('gates with other functions, bounds or peepholes are left to the reference kernel', () => {
  const weights = { w: drawn([1, 12, 2], 2), r: drawn([1, 12, 3], 3), p: drawn([1, 9], 4) };
  const forms: readonly (readonly [readonly string[], Record<string, Plain>])[] = [
    [['x', 'w', 'r', '', '', '', '', 'p'], {}],
    [['x', 'w', 'r'], { clip: 0.5 }],
    [['x', 'w', 'r'], { input_forget: 1 }],
  ];
  for (const [inputs, more] of forms) {
    const nodes = [{ op: 'LSTM', inputs, output: 'y', attributes: { hidden_size: 3, ...more } }];
    const text = { nodes, inputs: { x: drawn([4, 1, 2], 1) }, constants: weights };
    expect(kernelsOf(text)).not.toContain('lstm');
    for (const { fast, reference } of runBoth(text)) expect(fast.data).toEqual(reference.data);
  }
});
