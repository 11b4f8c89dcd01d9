import { knownOperators, operatorOf, schemaVersions } from '@refold/ir';
import { test } from 'vitest';
import { kernelOf } from '../../src/kernels/registry.ts';
test('gap', () => {
  const ops = knownOperators();
  console.log(ops.length);
  console.log('no meaning', ops.filter(([d, n]) => !operatorOf(d, n)).map((x) => x.join('.') + ' ' + schemaVersions(x[0], x[1])));
  console.log('no kernel', ops.filter(([d, n]) => !kernelOf(d, n)).map((x) => x.join('.')));
});
