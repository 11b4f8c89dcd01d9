import { test } from 'vitest';
import { expectFolds, expectStays } from '../../test/rule-tests.ts';
import { ints, weight } from '../../test/support.ts';
import { foldGroupNorm } from './group-norm.ts';

const ones = (n: number): string => `float[${n}] one = {${new Array(n).fill(1).join()}}`;
const zeros = (n: number): string => `float[${n}] zero = {${new Array(n).fill(0).join()}}`;
const bare = 'Reshape(InstanceNormalization<epsilon = 0.01>(Reshape(x, r), one, zero), q)';
const plain = `y = Add(Mul(${bare}, g), b)`;
const shapes = [ints('r', 0, 2, -1), ints('q', 2, 6, 4, 5)];
const of = {
  dims: '2,6,4,5',
  constants: [ones(2), zeros(2), ...shapes, weight('g', [6, 1, 1]), weight('b', [6, 1, 1])],
  opset: 21,
};
const expected = 'y = GroupNormalization <num_groups: int = 2, epsilon: float = 0.01> (x, scale, bias)';

test('groups of channels as the channels of InstanceNormalization', () => {
  expectFolds(foldGroupNorm, [plain], expected, of);
});

test('without scale and bias', () => {
  expectFolds(foldGroupNorm, [`y = ${bare}`], expected, { ...of, constants: [ones(2), zeros(2), ...shapes] });
});

test('before opset 21 the operator has one scale a group', () => {
  expectStays(foldGroupNorm, [plain], { ...of, opset: 20, reason: 'op-not-in-opset' });
});

test('groups that mix samples, and a norm with parameters of its own, stay', () => {
  const mixed = [ones(4), zeros(4), ints('r', 1, 4, -1), ints('q', 2, 6, 4, 5)];
  expectStays(foldGroupNorm, [`y = ${bare}`], { ...of, constants: mixed, reason: 'groups' });
  const own = ['float[2] one = {1,2}', zeros(2), ...shapes];
  expectStays(foldGroupNorm, [`y = ${bare}`], { ...of, constants: own });
  const turned = [ones(2), zeros(2), ints('r', 0, 2, -1), ints('q', 2, 6, 5, 4)];
  expectStays(foldGroupNorm, [`y = ${bare}`], {
    ...of,
    outputs: 'float[2,6,5,4] y',
    constants: turned,
    reason: 'groups',
  });
});
