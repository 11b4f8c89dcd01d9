import { test } from 'vitest';
import { expectNodes } from '../../test/support.ts';
import { simplifyTransposes } from './transpose.ts';

test('x', () => {
  expectNodes(
    simplifyTransposes,
    `(float[2,3,4,5] x) => (float[2,3,4,5] y) { a = Transpose<perm=[0,2,3,1]>(x) b = Relu(a) y = Transpose<perm=[0,3,1,2]>(b) }`,
    'y = Relu (x)',
  );
});
