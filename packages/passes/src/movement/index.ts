import type { Pass } from '../manager/pass.ts';
import { depthToSpace, spaceToDepth } from './depth-to-space.ts';
import { foldFocus } from './focus.ts';
import { gatherSlice, tileExpand } from './index-range.ts';
import { foldOneHot } from './onehot.ts';
import { globalPool, wholeAveragePool } from './pooling.ts';
import { mergeRolls } from './roll.ts';
import { concatSlice } from './split-concat.ts';
import { topOne } from './topk.ts';

/** Moves of elements as single operators. */
export const movementPasses: readonly Pass[] = [
  depthToSpace,
  spaceToDepth,
  foldFocus,
  gatherSlice,
  tileExpand,
  concatSlice,
  wholeAveragePool,
  globalPool,
  topOne,
  foldOneHot,
  mergeRolls,
];
