import type { InstanceHint } from '@refold/matcher';
import { ints, weight } from '../support.ts';
import { model } from './model.ts';

const quarters = [
  'a = Slice (x, oo, ends, axes, steps) b = Slice (x, io, ends, axes, steps)',
  'c = Slice (x, oi, ends, axes, steps) d = Slice (x, ii, ends, axes, steps)',
].join(' ');
const places = [
  ...[ints('oo', 0, 0), ints('io', 1, 0), ints('oi', 0, 1), ints('ii', 1, 1)],
  ...[ints('ends', 4, 6), ints('axes', 2, 3), ints('steps', 2, 2)],
];

/** Cases of the rules that move, repeat or pick elements. */
export const movementInstances: Readonly<Record<string, readonly InstanceHint[]>> = {
  'mov/focus': [
    model('float[1,3,4,6] x', `${quarters} e = Concat <axis = 1> (a, b, c, d) y = Conv (e, w, z)`, [
      ...[...places, weight('w', [5, 12, 1, 1]), weight('z', [5])],
    ]),
    model(
      'float[1,2,4,6] x',
      `${quarters} e = Concat <axis = 1> (c, d, b, a) y = Conv <pads = [1, 1, 1, 1]> (e, w)`,
      [...places, weight('w', [3, 8, 3, 3])],
    ),
  ],
  'mov/gather-slice': [
    model('float[2,5] x', 'g = Gather <axis = 1> (x, i) y = Neg (g)', [ints('i', 1, -3, 3)]),
    model('int32[5] x', 'g = Gather (x, i) y = Neg (g)', [ints('i', 0, 1)], 'y', 9),
  ],
  'mov/tile-expand': [
    model('float[B,1,4] x', 't = Tile (x, n) y = Neg (t)', [ints('n', 1, 3, 1)]),
    model('int64[1,2] x', 't = Tile (x, n) y = Neg (t)', [ints('n', 4, 1)]),
  ],
  'mov/concat-slice': [
    model('float[2,3] a, float[2,4] b', 'c = Concat <axis = 1> (a, b) t = Slice (c, s, e, o) y = Neg (t)', [
      ...[ints('s', 3), ints('e', 7), ints('o', 1)],
    ]),
    model('float[3,2] a, float[4,2] b', 'c = Concat <axis = 0> (a, b) t = Slice (c, s, e) y = Neg (t)', [
      ...[ints('s', 0), ints('e', -4)],
    ]),
  ],
  'mov/concat-slice.split': [
    model(
      'float[2,3] a, float[2,4] b',
      'c = Concat <axis = 1> (a, b) p, q = Split <axis = 1> (c, n) y = Neg (p) z = Abs (q)',
      [ints('n', 3, 4)],
      'y, z',
    ),
  ],
};
