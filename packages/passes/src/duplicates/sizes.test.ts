import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { mergeSizes } from './sizes.ts';

const passes = [mergeSizes, deadNodes];
const sizes = (
  second: string,
  z: string,
): string => `(float[N,3] x, float[${z}] z) => (int64 y) <int64 i = {0}> {
  s = Shape (x) a = Gather (s, i) t = Shape (${second}) b = Gather (t, i) y = Mul (a, b) }`;

test('the same symbolic size is computed once', () => {
  expectNodes(passes, sizes('z', 'N,3'), ['s = Shape (x)', 'a = Gather (s, i)', 'y = Mul (a, a)']);
});

test('another symbol is another size', () => {
  expectUnchanged(passes, sizes('z', 'M,3'));
});
