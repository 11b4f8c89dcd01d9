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
};
