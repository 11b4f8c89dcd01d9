import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { removeDropout } from './dropout.ts';

const yes = constant('yes', [], [1], 'bool');
const no = constant('no', [], [0], 'bool');
const half = constant('half', [], [0.5]);

const graph = (node: string, constants: readonly string[] = [half, no, yes], inputs = 'float[4] x'): string =>
  `(${inputs}) => (float[4] y) <${constants.join(', ')}> { t = ${node} y = Neg (t) }`;

test('Dropout does nothing in inference', () => {
  expectNodes(removeDropout, graph('Dropout (x)'), 'y = Neg (x)');
  expectNodes(removeDropout, graph('Dropout (x, half)'), 'y = Neg (x)');
  expectNodes(removeDropout, graph('Dropout (x, half, no)'), 'y = Neg (x)');
  expectNodes(
    removeDropout,
    '(float[4] x) => (float[4] y) { t = Dropout <ratio = 0.3> (x) y = Neg (t) }',
    'y = Neg (x)',
    {
      opset: 11,
    },
  );
});

test('in training it stays', () => {
  expectUnchanged(removeDropout, graph('Dropout (x, half, yes)'), { reason: 'training-mode' });
});

test('what a caller decides stays', () => {
  expectUnchanged(removeDropout, graph('Dropout (x, half, mode)', [half], 'float[4] x, bool mode'), {
    reason: 'training-mode',
  });
  expectUnchanged(removeDropout, graph('Dropout (x, half, no)', [half, no], 'float[4] x, bool no'), {
    reason: 'training-mode',
  });
});

test('a ratio of 0 drops nothing, even in training', () => {
  expectNodes(
    removeDropout,
    graph('Dropout (x, zero, yes)', [constant('zero', [], [0]), yes]),
    'y = Neg (x)',
  );
});

test('a mask that is read keeps it', () => {
  expectUnchanged(
    removeDropout,
    '(float[4] x) => (float[4] y, bool[4] m) { t, m = Dropout (x) y = Neg (t) }',
    {
      reason: 'mask-is-read',
    },
  );
});

test('a mask that nobody reads does not', () => {
  expectNodes(
    removeDropout,
    '(float[4] x) => (float[4] y) { t, m = Dropout (x) y = Neg (t) }',
    'y = Neg (x)',
  );
});

test('a function called Dropout is not the operator', () => {
  const functions = '<domain: "local", opset_import: ["" : 18]> Dropout (a) => (b) { b = Mul (a, a) }';
  expectUnchanged(removeDropout, '(float[4] x) => (float[4] y) { y = local.Dropout (x) }', {
    domains: ', "local" : 1',
    functions,
  });
});
