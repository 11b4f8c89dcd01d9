import type { InstanceHint } from '@refold/matcher';
import { constant, ints, weight } from '../support.ts';
import { attentionInstances } from './attention.ts';
import { model } from './model.ts';
import { movementInstances } from './movement.ts';
import { qoperatorInstances } from './qoperator.ts';

const x = 'float[2,3,4] x';
const scalar = (name: string, value: number): string => constant(name, [], [value]);
const zeroState = constant('h0', [1, 2, 3], [0, 0, 0, 0, 0, 0]);
const lstm = [weight('w', [1, 12, 4]), weight('r', [1, 12, 3]), zeroState];

/** What rules that say most of their conditions in code are made for, by their names. */
export const instances: Readonly<Record<string, readonly InstanceHint[]>> = {
  ...attentionInstances,
  ...movementInstances,
  ...qoperatorInstances,
  'constants/chosen-sizes': [
    model(
      'float[N,4,5] x, float[1,4,5] z',
      'n = Shape <start = 0, end = 1> (x) s = Concat <axis = 0> (n, k, k) e = Equal (s, m) t = Where (e, o, s) y = Expand (z, t)',
      [ints('k', -1), ints('m', -1, -1, -1), ints('o', 1, 1, 1)],
    ),
  ],
  'identities/zero-state': [
    model('float[5,2,4] x', 'y = LSTM <hidden_size = 3> (x, w, r, "", "", h0, h0)', lstm),
  ],
  'linear/parallel-matmul.biased': [
    model(
      x,
      'p = MatMul (x, a) q = Add (p, s) r = MatMul (x, b) u = Add (r, t)',
      [weight('a', [4, 3]), weight('b', [4, 3]), weight('s', [3]), weight('t', [3])],
      'q, u',
    ),
  ],
  'linear/parallel-matmul': [
    model(
      x,
      'p = MatMul (x, a) q = MatMul (x, b) r = MatMul (x, c)',
      [...[weight('a', [4, 3]), weight('b', [4, 3]), weight('c', [4, 2])]],
      'p, q, r',
    ),
  ],
  'layout/reshape-chain.constant-shape': [
    model(
      'float[N,6] x',
      's = Shape (x) g = Gather (s, i) u = Unsqueeze (g, z) c = Concat <axis = 0> (u, k) y = Reshape (x, c)',
      [...[constant('i', [], [0], 'int64'), ints('z', 0), ints('k', 2, 3)]],
    ),
  ],
  'layout/slices-to-split': [
    model(
      'float[2,6] x',
      'a = Slice (x, s, e, i) b = Slice (x, e, f, i) p = Neg (a) q = Exp (b)',
      [ints('s', 0), ints('e', 2), ints('f', 6), ints('i', 1)],
      'p, q',
    ),
  ],
  'layout/concat.split': [
    model('float[2,6] x', 'a, b = Split <axis = 1> (x, s) c = Concat <axis = 1> (a, b) y = Neg (c)', [
      ints('s', 2, 4),
    ]),
  ],
  'layout/concat': [
    model(
      'float[2,3] x, float[2,1] z, float[2,2] u',
      'a = Concat <axis = 1> (x, z) y = Concat <axis = 1> (a, u)',
    ),
  ],
  'layout/concat.empty': [
    model('float[2,3] x, float[2,0] z, float[2,2] u', 'y = Concat <axis = 1> (x, z, u)'),
  ],
  'quantization/fake-quant': [
    model(
      'float[2,3] x',
      'q = Div (x, s) r = Round (q) a = Add (r, z) c = Clip (a, l, h) d = Sub (c, z) y = Mul (d, s)',
      [scalar('s', 0.125), scalar('z', 128), scalar('l', 0), scalar('h', 255)],
    ),
    model('float[2,3] x', 'q = Div (x, s) c = Clip (q, l, h) r = Round (c) y = Mul (r, s)', [
      ...[constant('s', [2, 1], [0.25, 0.125]), scalar('l', -7), scalar('h', 7)],
    ]),
  ],
  'quantization/move': [
    model('uint8[2,3] x', 'a = DequantizeLinear (x, s, z) b = Transpose (a) y = QuantizeLinear (b, s, z)', [
      ...[scalar('s', 0.1), constant('z', [], [3], 'uint8')],
    ]),
    model('uint8[2,6] x', 'a = DequantizeLinear (x, s) b = Reshape (a, t) y = QuantizeLinear (b, s)', [
      ...[scalar('s', 0.1), ints('t', 3, 4)],
    ]),
  ],
};
