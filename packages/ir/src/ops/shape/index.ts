import type { Operator } from '../operator.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { constantOfShape } from './constant-of-shape.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { expand } from './expand.ts';
import { eyeLike } from './eye-like.ts';
import { flatten } from './flatten.ts';
import { pad } from './pad.ts';
import { range } from './range.ts';
import { reshape } from './reshape.ts';
import { shapeOf, sizeOf } from './shape-of.ts';
import { slice } from './slice.ts';
import { split } from './split.ts';
import { squeeze } from './squeeze.ts';
import { tile } from './tile.ts';
import { transpose } from './transpose.ts';
import { trilu } from './trilu.ts';
import { unsqueeze } from './unsqueeze.ts';

export const shapeOperators: readonly Operator[] = [
  concat,
  constant,
  constantOfShape,
  depthToSpace,
  expand,
  eyeLike,
  flatten,
  pad,
  range,
  reshape,
  shapeOf,
  sizeOf,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  trilu,
  unsqueeze,
];
