import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { skipSoftmax } from './argmax-softmax.ts';

const graph = (softmax: number, argmax: number): string =>
  `(float[2,3] x) => (int64[2,1] y) { s = Softmax <axis = ${softmax}> (x) y = ArgMax <axis = ${argmax}> (s) }`;

test('a softmax does not change which element is the largest', () => {
  expectNodes(skipSoftmax, graph(1, 1), 'y = ArgMax <axis: int = 1> (x)', { exactness: 'approximate' });
  expectNodes(skipSoftmax, graph(-1, 1), 'y = ArgMax <axis: int = 1> (x)', { exactness: 'approximate' });
});

test('it may make two elements equal, so this is not done unless approximations are asked for', () => {
  expectUnchanged(skipSoftmax, graph(1, 1));
});

test('along another axis it does', () => {
  expectUnchanged(skipSoftmax, graph(0, 1), { exactness: 'approximate' });
});
