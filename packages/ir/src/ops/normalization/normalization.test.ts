import { expect, test } from 'vitest';
import { viewAs } from '../../infer/view-of.ts';
import { inferText } from '../infer-text.ts';
import { batchNormalization } from './batch-normalization.ts';
import { groupNormalization } from './group-normalization.ts';

const batchNorm = (attributes: string, outputs = 'y') => `(float[N, 3, H] x, float[3] p) => () {
  ${outputs} = BatchNormalization <${attributes}> (x, p, p, p, p)
}`;

function batchView(graph: string, opset: number) {
  const node = inferText(graph, opset).value('y').producer;
  return node && viewAs(node, batchNormalization);
}

test('BatchNormalization trains when it is told so, before opset 14 by its outputs', () => {
  expect(batchView(batchNorm('epsilon = 0.5'), 9)).toMatchObject({ epsilon: 0.5, trainingMode: false });
  expect(batchView(batchNorm('epsilon = 0.5', 'y, m, v, sm, sv'), 9)?.trainingMode).toBe(true);
  expect(batchView(batchNorm('training_mode = 0'), 15)?.trainingMode).toBe(false);
  expect(batchView(batchNorm('training_mode = 1', 'y, m, v'), 15)?.trainingMode).toBe(true);
});

test('BatchNormalization gives statistics the types of those it was given', () => {
  const g = inferText(`(float16[N, 3, H] x, float16[3] s, float[3] m) => () {
    y, mean, var = BatchNormalization <training_mode = 1> (x, s, s, m, m)
  }`);
  expect([g.type('y'), g.type('mean')]).toEqual(['float16[N, 3, H]', 'float32[3]']);
});

test('before opset 9 BatchNormalization may have a parameter for each place', () => {
  const g = inferText(
    `(float[N, 3, 4] x, float[3, 4] p, float[3] q) => () {
      y = BatchNormalization <spatial = 0> (x, p, p, p, p)
      z = BatchNormalization <spatial = 0> (x, q, q, q, q)
    }`,
    7,
  );
  expect(g.type('y')).toBe('float32[N, 3, 4]');
  expect(g.errors[0]).toContain('operand 1 has shape [3], not [3, 4]');
});

test('GroupNormalization scales groups in opset 18 and channels from 21 on', () => {
  const graph = '(float[N, 6, H] x, float[3] p) => () { y = GroupNormalization <num_groups = 3> (x, p, p) }';
  const node = inferText(graph, 18).value('y').producer;
  expect(node && viewAs(node, groupNormalization)).toMatchObject({ numGroups: 3, perChannel: false });
  expect(inferText(graph, 21).errors[0]).toContain('operand 1 has shape [3], not [6]');
});

test('LayerNormalization hands out statistics in the stash type', () => {
  const g = inferText(`(float16[N, S, 64] x, float16[64] w, float16[63] bad) => () {
    y, mean, inverse = LayerNormalization (x, w)
    z, mean2 = LayerNormalization <axis = 1, stash_type = 16> (x, w)
    wrong = LayerNormalization (x, bad)
  }`);
  expect([g.type('y'), g.type('mean')]).toEqual(['float16[N, S, 64]', 'float32[N, S, 1]']);
  expect(g.type('mean2')).toBe('bfloat16[N, 1, 1]');
  expect(g.errors[0]).toContain('operand 1 of shape [63] does not broadcast');
});

test('RMSNormalization has the type of its scale', () => {
  const g = inferText('(float16[N, 64] x, float[64] w) => () { y = RMSNormalization (x, w) }', 23);
  expect(g.type('y')).toBe('float32[N, 64]');
});

test('parameters that no input could make right are refused', () => {
  const g = inferText(`(float[2, 6, 4] x, float[6] p) => () {
    a = LpNormalization <p = 3> (x)
    b = LRN <size = 0> (x)
    c = GroupNormalization <num_groups = 4> (x, p, p)
    d = MeanVarianceNormalization (x)
    e = LayerNormalization <stash_type = 7> (x, p)
  }`);
  expect(g.errors).toEqual([
    expect.stringContaining('p is 3'),
    expect.stringContaining('size is 0'),
    expect.stringContaining('6 channels do not divide into 4 groups'),
    expect.stringContaining('axis 3 is out of range for rank 3'),
    expect.stringContaining('stash_type 7 is not a floating-point type'),
  ]);
});
